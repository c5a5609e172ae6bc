"""What the fine model says after the coarse one: all codebooks of every shard of sound, for the
codec.

    own_fine.py WORK   and  own_fine.py WORK --language ja

From the codes of own.py, sentence by sentence in the engine's windows. The frames stay where the
teacher's are, so that the codec can learn what sound was meant. Writes NAME.heard.npy beside
NAME.own.npy, again each time.
"""

from __future__ import annotations

import torch
from codes import BOOKS, SIZE
from layout import COARSE_BOOKS, FINE_HOP, FINE_TEMPERATURE, FINE_WINDOW, FRAMES
from model_codes import Fine
from own import say_all
from torch import Tensor
from windows import Stream

ROWS = 64  # windows at a time


@torch.no_grad()
def said(model: Fine, stream: Stream) -> Tensor:
    """(BOOKS, frames) codes."""
    found = torch.full_like(stream.codes, SIZE)
    found[:COARSE_BOOKS] = stream.own
    ends = [FRAMES * end for end in stream.ends]
    # Window by window: of each sentence the one that begins `at` frames after it does.
    todo = list(zip([0, *ends], ends, strict=False))
    known = 0
    while todo:
        for first in range(0, len(todo), ROWS):
            part = todo[first : first + ROWS]
            rows = torch.full((len(part), BOOKS, FINE_WINDOW), SIZE)
            for row, (start, end) in zip(rows, part, strict=True):
                window = found[:, start : min(end, start + FINE_WINDOW)]
                row[:, : window.shape[1]] = window
            for book in range(COARSE_BOOKS, BOOKS):
                scores = model(rows, book)[:, known:].flatten(0, 1).float() / FINE_TEMPERATURE
                drawn = torch.multinomial(scores.softmax(1), 1)
                rows[:, book, known:] = drawn.view(len(part), -1)
            for row, (start, end) in zip(rows, part, strict=True):
                last = min(end, start + FINE_WINDOW)
                found[COARSE_BOOKS:, start + known : last] = row[
                    COARSE_BOOKS:, known : last - start
                ]
        todo = [(start + FINE_HOP, end) for start, end in todo if start + FINE_WINDOW < end]
        known = FINE_WINDOW - FINE_HOP
    return found


if __name__ == "__main__":
    say_all(__doc__ or "", "fine", Fine, said)
