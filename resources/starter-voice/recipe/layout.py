"""Ids: where text, units and codes lie in the vocabularies, windows, and the sizes of the models.

Everything here goes into config.json and generation_config.json, which say it to the engine and to
transformers alike.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import text
from codes import BOOKS, RATE, SIZE

LAYERS, HEADS, WIDTH = 4, 4, 256
FINE_LAYERS = 2
BLOCK = 640  # positions of the semantic model: 21 s of sound
COARSE_BOOKS = 2
SEMANTIC_RATE, CODE_RATE = 25, 50
RATIO = CODE_RATE // SEMANTIC_RATE * COARSE_BOOKS  # coarse ids of a semantic id
COARSE_SEMANTIC, COARSE_HISTORY, COARSE_NEW = 26, 60, 20  # ids of a window
FINE_WINDOW, FINE_HOP = 256, 128  # frames
RARE = 10  # units seen less often are spoken as a neighbour


@dataclass(frozen=True)
class Layout:
    """Ids of one voice. units: the sounds of speech; each has a token for its start and one more
    for its going on."""

    units: tuple[str, ...]

    @property
    def semantic(self) -> int:
        """Number of semantic ids; also the id of the end."""
        return 2 * len(self.units)

    @property
    def text_offset(self) -> int:
        return self.semantic + 1

    @property
    def text_pad(self) -> int:
        return self.text_offset + text.tokenizer().get_vocab_size()

    @property
    def infer(self) -> int:
        return self.text_pad + 1

    @property
    def coarse_pad(self) -> int:
        return self.semantic + COARSE_BOOKS * SIZE

    @property
    def coarse_infer(self) -> int:
        return self.coarse_pad + 1

    def tokens(self, units: list[str], counts: list[int]) -> list[int]:
        """Units and their lengths → semantic ids."""
        index = {unit: i for i, unit in enumerate(self.units)}
        ids: list[int] = []
        for unit, count in zip(units, counts, strict=True):
            for known in (unit, unit.lstrip("ˈ"), unit.rstrip("ː"), unit.strip("ˈː"), "ə"):
                if known in index:
                    break
            ids += [2 * index[known]] + [2 * index[known] + 1] * (count - 1)
        return ids

    @classmethod
    def of(cls, work: Path) -> Layout:
        """The layout of a work folder, made from its shards the first time."""
        stored = work / "units.json"
        if not stored.exists():
            seen: Counter[str] = Counter()
            for path in sorted(work.glob("*/????.npz")):
                for row in rows_of(path):
                    seen.update(row["units"])
            kept = sorted(unit for unit, count in seen.items() if count >= RARE)
            stored.write_text(json.dumps(kept, ensure_ascii=False))
        return cls(tuple(json.loads(stored.read_text())))

    def config(self) -> dict[str, Any]:
        """config.json, but for the codec."""
        size = {
            "num_layers": LAYERS, "num_heads": HEADS, "hidden_size": WIDTH, "bias": False,
            "dropout": 0.0,
        }  # fmt: skip
        longest = COARSE_SEMANTIC + 1 + COARSE_HISTORY + COARSE_NEW
        return {
            "model_type": "bark",
            "architectures": ["BarkModel"],
            "semantic_config": size
            | {
                "model_type": "semantic",
                "block_size": BLOCK,
                "input_vocab_size": self.infer + 1,
                "output_vocab_size": self.semantic + 1,
            },
            "coarse_acoustics_config": size
            | {
                "model_type": "coarse_acoustics",
                "block_size": longest,
                "input_vocab_size": self.coarse_infer + 1,
                "output_vocab_size": self.coarse_pad,
            },
            "fine_acoustics_config": size
            | {
                "model_type": "fine_acoustics",
                "num_layers": FINE_LAYERS,
                "block_size": FINE_WINDOW,
                "input_vocab_size": SIZE + 1,
                "output_vocab_size": SIZE + 1,
                "n_codes_total": BOOKS,
                "n_codes_given": 1,
            },
        }

    def generation_config(self) -> dict[str, Any]:
        """generation_config.json."""
        sampled = {"do_sample": True, "top_k": 0}
        return {
            "model_type": "bark",
            "sample_rate": RATE,
            "codebook_size": SIZE,
            "semantic_config": sampled
            | {
                "temperature": 0.1,
                "min_eos_p": 0.2,
                "eos_token_id": self.semantic,
                "semantic_pad_token": self.semantic,
                "pad_token_id": self.semantic,
                "semantic_vocab_size": self.semantic,
                "semantic_infer_token": self.infer,
                "text_encoding_offset": self.text_offset,
                "text_pad_token": self.text_pad,
                "max_input_semantic_length": text.LONGEST,
                "max_new_tokens": 400,
                "semantic_rate_hz": SEMANTIC_RATE,
            },
            "coarse_acoustics_config": sampled
            | {
                "temperature": 0.3,
                "coarse_rate_hz": CODE_RATE,
                "n_coarse_codebooks": COARSE_BOOKS,
                "coarse_semantic_pad_token": self.coarse_pad,
                "coarse_infer_token": self.coarse_infer,
                "max_coarse_input_length": COARSE_SEMANTIC,
                "max_coarse_history": COARSE_HISTORY,
                "sliding_window_len": COARSE_NEW,
            },
            "fine_acoustics_config": {
                "temperature": 0.2,
                "max_fine_history_length": FINE_HOP,
                "max_fine_input_length": FINE_WINDOW,
                "n_fine_codebooks": BOOKS,
            },
        }


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Sentences of a shard: text, units, counts."""
    with np.load(path) as shard:
        rows: list[dict[str, Any]] = json.loads(str(shard["rows"]))
    return rows
