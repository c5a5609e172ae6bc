"""Trained weights → the checkpoint that is shipped.

    assemble.py WORK FOLDER

Writes what is in WORK so far: an unfinished training gives a checkpoint too. Weights are averages
over the last steps, in float16. The presets are the end of a sentence of the teacher ("joe") and of
one that this voice spoke itself ("joe_bright"), for which the engine is run once.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from codec import config as codec_config
from layout import FINE_WINDOW, LAYERS, Layout, rows_of
from safetensors.torch import save_file
from text import tokenizer
from torch import Tensor
from transformers import EncodecModel

STAGES = {"semantic": "semantic", "coarse": "coarse_acoustics", "fine": "fine_acoustics"}
TEACHER_ROW = 3  # of the first shard of sound
OWN_TEXT, OWN_SEED = "This is a bright and wonderful morning, and we have time to walk.", 1


def weights(work: Path) -> dict[str, Tensor]:
    """All tensors under transformers' names."""
    found: dict[str, Tensor] = {}
    for stage, name in STAGES.items():
        state = torch.load(work / f"{stage}.pt", weights_only=True)
        found |= {f"{name}.{key}": value for key, value in state["average"].items()}
        if stage != "fine":  # transformers keeps each layer's causal mask among the weights
            size = len(state["average"]["position_embeds_layer.weight"])
            mask = torch.ones(1, 1, size, size, dtype=torch.bool).tril()
            for i in range(LAYERS):
                found[f"{name}.layers.{i}.attn.bias"] = mask.clone()
    codec = EncodecModel(codec_config())
    state = torch.load(work / "codec.pt", weights_only=True)
    codec.decoder.load_state_dict(state["average"])
    for parameter in codec.encoder.parameters():
        parameter.data.zero_()  # codes come from k-means: no encoder was trained
    books = torch.from_numpy(np.load(work / "books.npy"))
    tensors = codec.state_dict()
    for i, book in enumerate(books):
        for kind in ("embed", "embed_avg"):
            tensors[f"quantizer.layers.{i}.codebook.{kind}"] = book.clone()
        tensors[f"quantizer.layers.{i}.codebook.inited"] = torch.ones(1)
    found |= {f"codec_model.{key}": value for key, value in tensors.items()}
    return {
        key: (value.half() if value.is_floating_point() else value).contiguous()
        for key, value in found.items()
    }


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def preset(folder: Path, name: str, arrays: dict[str, np.ndarray]) -> None:
    """Write one preset and add it to the list."""
    (folder / "speaker_embeddings").mkdir(exist_ok=True)
    listing = folder / "speaker_embeddings_path.json"
    # transformers asks for the repository's name; the files are found beside it all the same.
    listed = (
        json.loads(listing.read_text()) if listing.exists() else {"repo_or_path": "starter-voice"}
    )
    listed[name] = {}
    for key, array in arrays.items():
        file = f"speaker_embeddings/{name}_{key}.npy"
        np.save(folder / file, array.astype(np.int32))
        listed[name][key] = file
    write_json(listing, listed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    layout, folder = Layout.of(args.work), args.folder
    folder.mkdir(parents=True, exist_ok=True)
    codec = codec_config().to_dict()
    kept = codec_config().to_diff_dict() | {"model_type": "encodec"}
    config = layout.config() | {"codec_config": {k: codec[k] for k in kept}, "dtype": "float32"}
    write_json(folder / "config.json", config)
    write_json(folder / "generation_config.json", layout.generation_config())
    tokenizer().save(str(folder / "tokenizer.json"))
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "unk_token": "[UNK]"},
    )
    save_file(weights(args.work), folder / "model.safetensors", metadata={"format": "pt"})

    (folder / "speaker_embeddings_path.json").unlink(missing_ok=True)
    shard = args.work / "sound" / "0000.npz"
    rows = rows_of(shard)
    tokens = [layout.tokens(row["units"], row["counts"]) for row in rows]
    start, end = (2 * sum(map(len, tokens[: TEACHER_ROW + i])) for i in (0, 1))
    codes = np.load(shard.with_suffix(".codes.npy"))[:, max(start, end - FINE_WINDOW) : end]
    semantic = np.array(tokens[TEACHER_ROW])[-codes.shape[1] // 2 :]
    preset(
        folder,
        "joe",
        {"semantic_prompt": semantic, "coarse_prompt": codes[:2], "fine_prompt": codes},
    )
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    from engine.api import SpeechRequest, SpeechRow
    from engine.bark.engine import BarkEngine
    from engine.settings import Settings

    engine = BarkEngine(folder, Settings(precision="float32"))
    (take,) = engine.generate(SpeechRequest(rows=(SpeechRow(text=OWN_TEXT, seed=OWN_SEED),))).takes
    engine.close()
    frames = min(FINE_WINDOW, 2 * len(take.semantic))
    preset(
        folder,
        "joe_bright",
        {
            "semantic_prompt": take.semantic[-frames // 2 :],
            "coarse_prompt": take.coarse[:, -frames:],
            "fine_prompt": take.fine[:, -frames:],
        },
    )
    size = (folder / "model.safetensors").stat().st_size / 1e6
    print(f"{folder}: {size:.1f} MB; preset of its own: {take.seconds:.1f} s, ended {take.ended}")


if __name__ == "__main__":
    main()
