"""What the coarse model says: the first codebooks of every shard of sound, for the fine stage.

    own.py WORK        and  own.py WORK --language ja

Each code is drawn as the model would draw it, told the teacher's codes before it, so that the
frames stay where the teacher's are. Writes NAME.own.npy beside NAME.codes.npy, again each time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shards
import torch
from coarse import OWN_TEMPERATURE
from codes import SIZE
from layout import (
    COARSE_BOOKS,
    COARSE_HISTORY,
    COARSE_IDS,
    COARSE_INFER,
    COARSE_NEW,
    COARSE_SEMANTIC,
    END,
    FRAMES,
    Sizes,
)
from model_codes import Fine, Speaker
from torch import Tensor
from torch.nn import functional as F
from windows import Stream, Windows, load_books

ROWS = 64  # windows at a time
NEW = COARSE_NEW // COARSE_BOOKS  # frames that a window adds
ENDINGS = {"coarse": ".own.npy", "fine": ".heard.npy"}
BEFORE = COARSE_HISTORY // COARSE_BOOKS  # frames that it is told


@torch.no_grad()
def said(model: Speaker, stream: Stream) -> Tensor:
    """(COARSE_BOOKS, frames) codes."""
    frames = stream.codes.shape[1]
    padded = F.pad(stream.semantic, (0, COARSE_SEMANTIC), value=int(stream.semantic[-1]))
    codes = F.pad(stream.codes[:COARSE_BOOKS], (0, COARSE_IDS)).T
    offsets = END + SIZE * torch.arange(COARSE_BOOKS)
    infer = torch.tensor([COARSE_INFER])
    found = stream.codes[:COARSE_BOOKS].clone()
    starts = [max(0, at - BEFORE) // FRAMES * FRAMES for at in range(0, frames, NEW)]
    for first in range(0, len(starts), ROWS):
        part = starts[first : first + ROWS]
        ids = torch.stack(
            [
                torch.cat(
                    [
                        padded[at // FRAMES :][:COARSE_SEMANTIC],
                        infer,
                        (codes[at : at + COARSE_IDS // COARSE_BOOKS] + offsets).flatten()[:-1],
                    ]
                )
                for at in part
            ]
        )
        drawn = []
        for scores in model(ids):
            weights = (scores.flatten(0, 1).float() / OWN_TEMPERATURE).softmax(1)
            drawn.append(torch.multinomial(weights, 1).view(len(part), -1))
        for i, at in enumerate(part):
            new = slice((first + i) * NEW, min(frames, (first + i + 1) * NEW))
            inside = slice(new.start - at, new.stop - at)
            found[:, new] = torch.stack([book[i, inside] for book in drawn])
    return found


def say_all(
    about: str, stage: str, model: type[Speaker | Fine], said: Callable[[Any, Stream], Tensor]
) -> None:
    """The command: what a trained stage says of every shard, in a file beside its codes.
    about: its help. said: what it says of one, (books, frames)."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--language", choices=("en", "ja"), default="en")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    trained = model(Sizes.of(args.work), load_books(args.work))
    state = torch.load(args.work / f"{stage}.pt", weights_only=True, map_location="cpu")
    trained.load_state_dict(state["average"])
    kind = shards.kind("sound", args.language)
    paths = [p for p in shards.paths(args.work, kind) if p.with_suffix(".codes.npy").exists()]
    for path, stream in zip(paths, Windows(args.work, kind).streams, strict=True):
        with torch.autocast("cpu", torch.bfloat16):
            codes = said(trained, stream)
        np.save(path.with_suffix(ENDINGS[stage]), codes.numpy().astype(np.int16))
        same = (codes == stream.codes[: len(codes)]).float().mean(1)
        print(f"{path.name}: {', '.join(f'{100 * s:.0f} %' for s in same)} as the teacher's")


if __name__ == "__main__":
    say_all(__doc__ or "", "coarse", Speaker, said)
