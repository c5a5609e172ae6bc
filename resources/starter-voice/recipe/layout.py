"""Ids: where text, units, voices and codes lie in the vocabularies, windows, and the sizes.

Everything here goes into config.json and generation_config.json, which say it to the engine and to
transformers alike.

A semantic id is a voice, a unit, and whether the unit begins or goes on: each voice has a block of
ids of its own, so that a prompt of any voice says who speaks, and one more is the end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import text
from codes import BOOKS, RATE, SIZE
from shards import Row

KINDS = {"af_heart": "woman", "am_michael": "man", "af_bella": "woman", "jm_kumo": "man"}
VOICES = tuple(KINDS)  # the first speaks without a prompt
JAPANESE = ("jm_kumo",)  # of them: in English they are not understood well enough to be offered
EARLIER = {"joe": "am_michael", "joe_bright": "am_michael"}  # who speaks for the first edition's
UNITS = len(text.FIXED["units"])
BLOCK = 2 * UNITS  # semantic ids of a voice
HEADS = 4
POSITIONS = 640  # of the semantic model: 21 s of sound
COARSE_BOOKS = 2
SEMANTIC_RATE, CODE_RATE = 25, 50
FRAMES = CODE_RATE // SEMANTIC_RATE  # of a semantic id
COARSE_SEMANTIC, COARSE_HISTORY, COARSE_NEW = 26, 60, 20  # ids of a window
COARSE_IDS = COARSE_HISTORY + COARSE_NEW
FINE_WINDOW, FINE_HOP = 256, 128  # frames
FINE_TEMPERATURE = 0.2

END = len(VOICES) * BLOCK  # number of semantic ids; also the id of the end
TEXT_OFFSET = END + 1
TEXT_IDS = text.tokenizer().get_vocab_size()
TEXT_PAD = TEXT_OFFSET + TEXT_IDS
INFER = TEXT_PAD + 1
COARSE_PAD = END + COARSE_BOOKS * SIZE
COARSE_INFER = COARSE_PAD + 1


@dataclass(frozen=True)
class Sizes:
    """Of the models. filters: of the codec's last convolution."""

    layers: int = 4  # of the semantic model
    coarse_layers: int = 4
    width: int = 256
    fine_layers: int = 2
    filters: int = 32

    @classmethod
    def of(cls, work: Path) -> Sizes:
        """The sizes of a work folder: those of sizes.json, if it is there."""
        stored = work / "sizes.json"
        return cls(**json.loads(stored.read_text())) if stored.exists() else cls()


def tokens(row: Row, voice: int) -> np.ndarray:
    """Units and their lengths → semantic ids of a voice, int64 (tokens,)."""
    first = np.cumsum(row.counts) - row.counts
    ids = np.repeat(np.array(row.units) * 2 + 1, row.counts)
    ids[first] -= 1
    return ids + voice * BLOCK


def config(sizes: Sizes) -> dict[str, Any]:
    """config.json, but for the codec."""
    size = {
        "num_layers": sizes.layers, "num_heads": HEADS, "hidden_size": sizes.width, "bias": False,
        "dropout": 0.0,
    }  # fmt: skip
    return {
        "model_type": "bark",
        "architectures": ["BarkModel"],
        "semantic_config": size
        | {
            "model_type": "semantic",
            "block_size": POSITIONS,
            "input_vocab_size": INFER + 1,
            "output_vocab_size": END + 1,
        },
        "coarse_acoustics_config": size
        | {
            "model_type": "coarse_acoustics",
            "num_layers": sizes.coarse_layers,
            "block_size": COARSE_SEMANTIC + 1 + COARSE_IDS,
            "input_vocab_size": COARSE_INFER + 1,
            "output_vocab_size": COARSE_PAD,
        },
        "fine_acoustics_config": size
        | {
            "model_type": "fine_acoustics",
            "num_layers": sizes.fine_layers,
            "block_size": FINE_WINDOW,
            "input_vocab_size": SIZE + 1,
            "output_vocab_size": SIZE + 1,
            "n_codes_total": BOOKS,
            "n_codes_given": 1,
        },
    }


def generation_config() -> dict[str, Any]:
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
            "eos_token_id": END,
            "semantic_pad_token": END,
            "pad_token_id": END,
            "semantic_vocab_size": END,
            "semantic_infer_token": INFER,
            "text_encoding_offset": TEXT_OFFSET,
            "text_pad_token": TEXT_PAD,
            "max_input_semantic_length": text.LONGEST,
            "max_new_tokens": 400,
            "semantic_rate_hz": SEMANTIC_RATE,
        },
        "coarse_acoustics_config": sampled
        | {
            "temperature": 0.3,
            "coarse_rate_hz": CODE_RATE,
            "n_coarse_codebooks": COARSE_BOOKS,
            "coarse_semantic_pad_token": COARSE_PAD,
            "coarse_infer_token": COARSE_INFER,
            "max_coarse_input_length": COARSE_SEMANTIC,
            "max_coarse_history": COARSE_HISTORY,
            "sliding_window_len": COARSE_NEW,
        },
        "fine_acoustics_config": {
            "temperature": FINE_TEMPERATURE,
            "max_fine_history_length": FINE_HOP,
            "max_fine_input_length": FINE_WINDOW,
            "n_fine_codebooks": BOOKS,
        },
    }
