"""Checkpoints of random weights: complete, seeded, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.models import random_weights


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published layout with transformers of next to no size."""
    monkeypatch.setitem(random_weights.KINDS, "tiny", (2, 2, 16))


@pytest.mark.usefixtures("_small")
def test_a_random_checkpoint_is_one_for_us_and_for_transformers(tmp_path: Path) -> None:
    from safetensors.torch import load_file
    from transformers import BarkModel, BarkProcessor

    from engine.api import SpeechRequest, SpeechRow
    from engine.bark.engine import BarkEngine
    from engine.settings import Settings

    folder = tmp_path / "new" / "random"
    told: list[str] = []
    random_weights.write_random("tiny", folder, seed=3, report=told.append)
    assert told == [
        f"{stage}: model-{number:05}-of-00004.safetensors"
        for number, stage in enumerate(
            ("semantic", "coarse_acoustics", "fine_acoustics", "codec"), 1
        )
    ]
    assert [path.name for path in folder.parent.iterdir()] == ["random"]

    row = SpeechRow(text="Hello [laughs] ünd 1 + 1 = 2!", voice="random")
    request = SpeechRequest(rows=(row,), semantic_tokens=3)
    take = BarkEngine(folder, Settings()).generate(request).takes[0]
    assert take.sample_rate == 24_000
    assert take.coarse.shape == (2, 4)
    assert take.fine.shape == (8, 4)
    assert take.audio.shape == (4 * 320,)

    _, info = BarkModel.from_pretrained(folder, output_loading_info=True)
    assert not {name for name in info["missing_keys"] if not name.endswith("attn.bias")}
    assert not info["unexpected_keys"]
    assert not info["mismatched_keys"]
    inputs = BarkProcessor.from_pretrained(folder)("Hello", voice_preset="random")
    assert inputs["input_ids"].shape == (1, 256)
    assert inputs["history_prompt"]["fine_prompt"].shape == (8, 600)
    how = json.loads((folder / "generation_config.json").read_text())
    for stage in ("semantic_config", "coarse_acoustics_config"):
        assert (how[stage]["do_sample"], how[stage]["temperature"]) == (True, 0.7)
    weights = load_file(folder / "model-00001-of-00004.safetensors")
    for name, tensor in weights.items():
        assert bool((tensor == 1).all()) == ("layernorm" in name), name
        if "layernorm" not in name:  # as transformers begins a model
            assert float(tensor.std()) == pytest.approx(0.02, rel=0.25), name


@pytest.mark.usefixtures("_small")
def test_a_random_checkpoint_comes_again_with_its_seed(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        random_weights.write_random("tiny", tmp_path / name, seed=seed)
    shard = "model-00001-of-00004.safetensors"
    a, b, c = ((tmp_path / name / shard).read_bytes() for name in "abc")
    assert a == b
    assert a != c


@pytest.mark.usefixtures("_small")
def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "full" / "kept"
    kept.parent.mkdir()
    kept.write_text("mine")
    with pytest.raises(UserError, match="full exists already: remove it or name a new folder"):
        random_weights.write_random("tiny", kept.parent)
    with pytest.raises(UserError, match="kept exists already"):
        random_weights.write_random("tiny", kept)
    assert kept.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize("library", [True, False])
def test_nothing_is_left_of_half_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: bool
) -> None:
    """A full disk, in the system's words and in those of safetensors, and Stop."""
    from safetensors import SafetensorError, torch

    save, calls = torch.save_file, []

    def full(tensors: object, file: Path, **options: object) -> None:
        calls.append(file.name)
        if len(calls) == 3:
            words = "No space left on device"
            raise SafetensorError(f"I/O error: {words}") if library else OSError(28, words)
        save(tensors, file, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(torch, "save_file", full)
    with pytest.raises(UserError, match=r"no space left on device.*free some space"):
        random_weights.write_random("tiny", tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyboardInterrupt):
        random_weights.write_random("tiny", tmp_path / "new", report=_interrupt)
    assert list(tmp_path.iterdir()) == []


def _interrupt(file: str) -> None:
    raise KeyboardInterrupt


def test_heads_are_as_wide_as_in_the_published_ones() -> None:
    assert {name: width // heads for name, (_, heads, width) in random_weights.KINDS.items()} == {
        "bark-small": 64,
        "bark": 64,
    }


def test_an_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="bark-huge is not known: choose bark-small or bark"):
        random_weights.write_random("bark-huge", tmp_path / "new")
