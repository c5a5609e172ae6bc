"""Trained weights → the checkpoint that is shipped.

    assemble.py WORK FOLDER

Writes what is in WORK so far: an unfinished training gives a checkpoint too. Weights are averages
over the last steps, in float16. What nothing reads is left out: the codec's encoder (codes come
from k-means), causal masks, averages of the codebooks; transformers fills them in. The presets are
ends of sentences of the teacher, one for each voice; presets of an earlier edition that lie in
FOLDER go.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import shards
import text
import torch
from codec import config as codec_config
from layout import (
    COARSE_BOOKS,
    EARLIER,
    FRAMES,
    JAPANESE,
    KINDS,
    POSITIONS,
    VOICES,
    Sizes,
    config,
    generation_config,
    tokens,
)
from model import Reader
from model_codes import Fine, Speaker
from safetensors.torch import save_file
from torch import Tensor
from windows import load_books

PRESET = (24, 64)  # tokens: the coarse stage looks back on 15, the fine stage on 64


def weights(work: Path) -> dict[str, Tensor]:
    """All tensors under transformers' names."""
    sizes, books = Sizes.of(work), load_books(work)
    models: dict[str, Any] = {
        "semantic": Reader(sizes, POSITIONS, text.LONGEST),
        "coarse": Speaker(sizes, books),
        "fine": Fine(sizes, books),
    }
    found: dict[str, Tensor] = {}
    for stage, model in models.items():
        state = torch.load(work / f"{stage}.pt", weights_only=True, map_location="cpu")
        model.load_state_dict(state["average"])
        found |= {f"{stage}_acoustics.{key}": value for key, value in model.plain().items()}
    found = {key.replace("semantic_acoustics", "semantic"): v for key, v in found.items()}
    state = torch.load(work / "codec.pt", weights_only=True, map_location="cpu")
    found |= {f"codec_model.decoder.{key}": value for key, value in state["average"].items()}
    for i, book in enumerate(books):
        found[f"codec_model.quantizer.layers.{i}.codebook.embed"] = book
    return {key: value.detach().half().contiguous().clone() for key, value in found.items()}


def write_json(path: Path, value: Any) -> None:
    """As the folder's other files are written."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def presets(work: Path, folder: Path, languages: list[str]) -> None:
    """The voices' own sentences: as long as PRESET allows, ended and quiet at the end. languages:
    that all of them speak."""
    (folder / "speaker_embeddings").mkdir(exist_ok=True)
    for former in (folder / "speaker_embeddings").glob("*.npy"):
        former.unlink()
    about: dict[str, Any] = {}
    # transformers asks for the repository's name; the files are found beside it all the same.
    listed: dict[str, Any] = {"repo_or_path": "starter-voice"}
    for number, voice in enumerate(VOICES):
        found = shards.paths(work, "sound", voice)
        if not found:
            continue
        rows = shards.read(found[0])
        lengths = [sum(row.counts) for row in rows]
        fits = [i for i, n in enumerate(lengths) if PRESET[0] <= n <= PRESET[1]]
        which = max(fits, key=lambda i: lengths[i]) if fits else 0
        end = sum(lengths[: which + 1])
        start = max(end - PRESET[1], end - lengths[which])
        codes = np.load(found[0].with_suffix(".codes.npy"))[:, start * FRAMES : end * FRAMES]
        listed[voice] = {}
        for key, array in (
            ("semantic_prompt", tokens(rows[which], number)[start - end :]),
            ("coarse_prompt", codes[:COARSE_BOOKS]),
            ("fine_prompt", codes),
        ):
            file = f"speaker_embeddings/{voice}_{key}.npy"
            np.save(folder / file, array.astype(np.int32))
            listed[voice][key] = file
        spoken = ["ja"] if voice in JAPANESE and "ja" in languages else languages
        about[voice] = {"languages": spoken, "kind": KINDS[voice]}
    write_json(folder / "speaker_embeddings_path.json", listed)
    about |= {name: {"instead": other} for name, other in EARLIER.items() if other in about}
    write_json(folder / "voices.json", about)


def list_hashes(folder: Path) -> None:
    """SHA256SUMS: what `models verify` and `sha256sum -c` hold the model's files against."""
    files = sorted(
        p for p in folder.rglob("*") if p.suffix in (".json", ".npy", ".safetensors", ".txt")
    )
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
        if "recipe" not in path.relative_to(folder).parts
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--japanese", action="store_true", help="it has learned to read moras")
    args = parser.parse_args()
    torch.set_num_threads(1)
    folder, sizes = args.folder, Sizes.of(args.work)
    folder.mkdir(parents=True, exist_ok=True)
    codec = codec_config(sizes).to_dict()
    kept = codec_config(sizes).to_diff_dict() | {"model_type": "encodec"}
    whole = config(sizes) | {"codec_config": {k: codec[k] for k in kept}, "dtype": "float32"}
    write_json(folder / "config.json", whole)
    write_json(folder / "generation_config.json", generation_config())
    text.tokenizer(japanese=args.japanese).save(str(folder / "tokenizer.json"))
    tokens = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
    }
    # What engine/bark/tokenizer.py asks: English words of a list come to the tokenizer by their
    # sounds, Japanese as moras with pitch.
    ways = {"english": "sounds"} | ({"japanese": "moras"} if args.japanese else {})
    write_json(folder / "tokenizer_config.json", tokens | ways)
    words = args.work / "pronunciations.txt"
    if not words.exists():
        parser.error(f"{words} is not there: pronounce.py makes it")
    shutil.copyfile(words, folder / words.name)
    save_file(weights(args.work), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    presets(args.work, folder, ["en", "ja"] if args.japanese else ["en"])
    list_hashes(folder)
    print(f"{folder}: {(folder / 'model.safetensors').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
