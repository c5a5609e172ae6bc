"""Greedy and in float32 we equal transformers: every token of every stage, and the sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import Tiny, assert_same, say
from tests.engine.bark.tiny import load_reference, make_voice

TEXTS = ("hello world", "a b")
VOICE = "v1/anna"


@pytest.mark.parametrize("attention", ["fused", "eager"])
@pytest.mark.parametrize("voice", [None, VOICE])
@pytest.mark.parametrize("text", TEXTS)
def test_all_stages(tiny: Tiny, kernel: str, attention: str, voice: str | None, text: str) -> None:
    engine = tiny.engine(kernel=kernel, attention=attention)
    take = say(engine, text, voice=voice)[0]

    assert_same(take, tiny.reference(text, make_voice() if voice else None))

    stages = engine._stages
    assert stages is not None
    assert take.coarse.size > 3 * stages.coarse.window, "several coarse windows were meant"
    history = 16 if voice else 0
    assert len(stages.fine.windows(take.fine.shape[1], history)) > 2, "and several fine ones"
    assert len(np.unique(take.coarse)) > 3, "and more than one code"


@pytest.mark.parametrize("voice", [None, VOICE])
@pytest.mark.parametrize("tokens", [4, 5, 8, 9, 15, 16, 17, 33])
def test_every_length_around_the_windows(tiny: Tiny, voice: str | None, tokens: int) -> None:
    """Shorter than a fine window (trap 12: it is padded and the padding is attended to), as long,
    longer, and one frame more than a number of hops."""
    take = say(tiny.engine(), "hello", voice=voice, semantic_tokens=tokens)[0]
    assert len(take.semantic) == tokens
    spoken = tiny.reference(
        "hello", make_voice() if voice else None, semantic_max_new_tokens=tokens
    )
    assert_same(take, spoken)


def test_rows_that_end_after_different_times(ending: Tiny, kernel: str) -> None:
    texts = ("hello world", "a b", "one", "two words")
    takes = say(ending.engine(kernel=kernel), *texts)
    lengths = [len(take.semantic) for take in takes]
    assert len(set(lengths)) > 2
    assert min(lengths) > 2, "transformers cannot decode less"
    assert [take.ended for take in takes] == [length < 60 for length in lengths]
    assert any(take.ended for take in takes)
    for text, take in zip(texts, takes, strict=True):
        assert_same(take, ending.reference(text))


def test_biases(make: Make, kernel: str) -> None:
    biased = make(bias=True)
    assert_same(say(biased.engine(kernel=kernel), "hello")[0], biased.reference("hello"))


@pytest.mark.parametrize(
    ("heads", "width"), [pytest.param(1, 20, marks=pytest.mark.slow), (3, 72), (2, 80)]
)
def test_other_sizes(make: Make, kernel: str, heads: int, width: int) -> None:
    """Widths that fill no vector of the processor, and one head alone."""
    other = make(sizes={"num_heads": heads, "hidden_size": width, "num_layers": 3})
    assert_same(say(other.engine(kernel=kernel), "hello")[0], other.reference("hello"))


# ── forms of a checkpoint ─────────────────────────────────────────────────────────────────────


def test_shards(make: Make) -> None:
    shards = make(max_shard_size="40KB")
    assert len(list(shards.folder.glob("*.safetensors"))) > 2
    assert_same(say(shards.engine(), "hello")[0], shards.reference("hello"))


def test_bin(make: Make, tiny: Tiny) -> None:
    old = make(safetensors=False)
    assert not list(old.folder.glob("*.safetensors"))
    assert_same(say(old.engine(), "hello")[0], tiny.reference("hello"))


def test_bin_shards(make: Make, tiny: Tiny) -> None:
    folder = make().folder
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = {name: f"pytorch_model-{len(name) % 2}.bin" for name in tensors}
    for file in set(names.values()):
        torch.save({name: tensors[name] for name in names if names[name] == file}, folder / file)
    index = {"metadata": {}, "weight_map": names}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    assert_same(say(Tiny(folder, tiny.model).engine(), "hello")[0], tiny.reference("hello"))


def _rewrite(folder: Path, change: Any) -> None:
    """Store model.safetensors with other names or tensors."""
    file = folder / "model.safetensors"
    changed = [change(name, tensor) for name, tensor in load_file(file).items()]
    tensors = {name: tensor.contiguous() for name, tensor in changed if name is not None}
    save_file(tensors, file, metadata={"format": "pt"})


NORM = "parametrizations.weight.original"


def test_old_names_of_the_codec(make: Make, tiny: Tiny) -> None:
    """The published checkpoints say weight_g and weight_v."""
    old = make()

    def rename(name: str, tensor: torch.Tensor) -> tuple[str, torch.Tensor]:
        return name.replace(f"{NORM}0", "weight_g").replace(f"{NORM}1", "weight_v"), tensor

    assert any(f"{NORM}0" in name for name in load_file(old.folder / "model.safetensors"))
    _rewrite(old.folder, rename)
    assert_same(say(old.engine(), "hello")[0], tiny.reference("hello"))


def test_fine_heads_in_the_file_and_left_out(make: Make, tiny: Tiny) -> None:
    """A head that is left out is tied to the embedding of the next codebook."""
    without = make()
    _rewrite(
        without.folder, lambda name, t: (None if "fine_acoustics.lm_heads" in name else name, t)
    )
    assert_same(say(without.engine(), "hello")[0], tiny.reference("hello"))

    def untie(model: Any) -> None:
        for i, head in enumerate(model.fine_acoustics.lm_heads):
            noise = torch.randn(head.weight.shape, generator=torch.Generator().manual_seed(i))
            head.weight = torch.nn.Parameter(noise * 0.1)

    def with_heads(model: Any) -> None:
        model.config.tie_word_embeddings = False
        model.fine_acoustics.config.tie_word_embeddings = False
        untie(model)

    own = make(edit=with_heads)
    assert any("lm_heads" in name for name in load_file(own.folder / "model.safetensors"))
    take, spoken = say(own.engine(), "hello")[0], own.reference("hello")
    assert_same(take, spoken)
    assert not np.array_equal(spoken.fine, tiny.reference("hello").fine)


@pytest.mark.parametrize("stored", [torch.float16, torch.bfloat16])
def test_half_precision_on_disk(make: Make, stored: torch.dtype) -> None:
    half = make()
    _rewrite(half.folder, lambda name, t: (name, t.to(stored) if t.is_floating_point() else t))
    half = Tiny(half.folder, load_reference(half.folder))
    assert_same(say(half.engine(), "hello")[0], half.reference("hello"))
