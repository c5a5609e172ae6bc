"""`say` with the real engine and a tiny checkpoint of random weights: from text to WAV, and every
input that a user gets wrong."""

from __future__ import annotations

import json
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import main
from engine.audio.wav import read_wav
from engine.bark.tokenizer import TextTokenizer
from engine.models.bark import STARTER
from tests.engine.bark import tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny.write_checkpoint(folder)
    return folder


def say(model: Path, output: Path, *options: str, text: str = "hello there.") -> int:
    return main.main(["say", text, "--model", str(model), "-o", str(output), *options])


def test_text_becomes_sound(model: Path, tmp_path: Path) -> None:
    code = say(model, tmp_path / "a.wav", "--json", str(tmp_path / "a.json"))
    audio, rate = read_wav(tmp_path / "a.wav")
    report = json.loads((tmp_path / "a.json").read_text())
    (take,) = report["takes"]
    assert code == (0 if take["ended"] else 3)
    assert rate == 16_000
    assert len(audio) / rate == pytest.approx(report["seconds_of_sound"]) != 0
    assert take["tokens"]["fine"] == 2 * take["tokens"]["coarse"] == 4 * len(audio) / 320
    assert {"load", "semantic", "coarse", "fine", "codec"} <= set(report["stages"])
    assert report["choices"]["device"] == "cpu"
    assert report["host_bytes"] > 1e7


def test_letters_that_the_model_does_not_know_are_said_before_anything_is_spoken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Маяк стоит, Bark тоже…"
    code = main.main(["say", text, "--model", str(STARTER), "-o", str(tmp_path / "a.wav")])
    assert code == 2
    assert not (tmp_path / "a.wav").exists()
    said = capsys.readouterr().err
    lost = TextTokenizer(STARTER).lost(text)
    assert f"the model cannot read {lost[:12]}" in said
    assert "Bark" not in lost


def test_a_seed_chooses_the_take(model: Path, tmp_path: Path) -> None:
    options = ("--max-seconds", "1", "--temperature", "1")  # else this checkpoint is greedy
    for name, seed in (("one", "1"), ("again", "1"), ("two", "2")):
        assert say(model, tmp_path / f"{name}.wav", *options, "--seed", seed) == 0
    one, again, two = ((tmp_path / f"{n}.wav").read_bytes() for n in ("one", "again", "two"))
    assert one == again
    assert one != two


def test_a_preset_and_a_voice_file_change_the_voice(model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "ben.npz", **tiny.make_voice(seed=5))
    for name, voice in (("none", "none"), ("anna", "v1/anna"), ("ben", str(tmp_path / "ben.npz"))):
        assert say(model, tmp_path / f"{name}.wav", "--voice", voice, "--max-seconds", "1") == 0
    sounds = {(tmp_path / f"{name}.wav").read_bytes() for name in ("none", "anna", "ben")}
    assert len(sounds) == 3


LONG = "hello there my friends of old. " * 3 + "\n\nand this is the end of it."


def test_a_long_text_is_one_sound_of_many_rows(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--json", str(tmp_path / "a.json"), "--voice", "v1/anna")
    code = say(model, tmp_path / "a.wav", *options, text=LONG)
    audio, rate = read_wav(tmp_path / "a.wav")
    report = json.loads((tmp_path / "a.json").read_text())
    takes = report["takes"]
    assert code == (0 if all(take["ended"] for take in takes) else 3)
    assert " ".join(take["text"] for take in takes).split() == LONG.split()
    assert len(takes) > 1
    assert len(audio) / rate == pytest.approx(report["seconds_of_sound"]) != 0
    told = capsys.readouterr().err
    assert f"1: {takes[0]['seconds']:.1f} s  {takes[0]['text']}" in told


def test_numbers_are_spoken_in_words(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {}
    for name, options in (("words", ()), ("figures", ("--no-numbers",))):
        report = tmp_path / f"{name}.json"
        wav = tmp_path / f"{name}.wav"
        say(model, wav, "--json", str(report), "--max-seconds", "1", *options, text="5 km")
        texts[name] = json.loads(report.read_text())["request"]["rows"][0]["text"]
    assert texts == {"words": "five kilometers", "figures": "5 km"}
    assert capsys.readouterr().err.count("spoken as: five kilometers\n") == 1


# ── what users get wrong ──────────────────────────────────────────────────────────────────────


class Trap:
    """Writes a file when it is unpickled: a voice must never be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.path,)


def voice(path: Path, **changes: np.ndarray | None) -> None:
    arrays = {**tiny.make_voice(), **changes}
    np.savez(path, **{key: array for key, array in arrays.items() if array is not None})


def pickled(path: Path) -> None:
    array = np.array([Trap(path.parent / "executed")], dtype=object)
    np.savez(path, **{**tiny.make_voice(), "semantic_prompt": array})


def bomb(path: Path) -> None:
    """Declares 2**40 bytes of semantic ids, which deflate to nothing."""
    voice(path)
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({2**37},), }}".encode()
    start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for key, array in tiny.make_voice().items():
            with file.open(f"{key}.npy", "w") as entry:
                if key == "semantic_prompt":
                    entry.write(start + bytes(2**20))
                else:
                    np.save(entry, array)


VOICES: dict[str, Callable[[Path], None]] = {
    "empty": lambda path: path.write_bytes(b""),
    "no archive": lambda path: path.write_bytes(b"PK\x03\x04 and nothing of it"),
    "a folder": lambda path: path.mkdir(),
    "a part is missing": lambda path: voice(path, fine_prompt=None),
    "a pickle": pickled,
    "a bomb": bomb,
    "fractions": lambda path: voice(path, semantic_prompt=np.full(40, 0.5)),
    "an id too high": lambda path: voice(path, semantic_prompt=np.full(40, 100)),
    "an id below 0": lambda path: voice(path, coarse_prompt=np.full((2, 80), -1)),
    "too few dimensions": lambda path: voice(path, fine_prompt=np.zeros(80, dtype=int)),
    "two clips": lambda path: voice(path, semantic_prompt=np.zeros(500, dtype=int)),
}


@pytest.mark.parametrize("write", VOICES.values(), ids=VOICES.keys())
def test_a_bad_voice_file_is_one_sentence(
    write: Callable[[Path], None],
    model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path / "bad.npz")
    assert say(model, tmp_path / "a.wav", "--voice", str(tmp_path / "bad.npz")) == 2
    assert_one_sentence(capsys, "bad.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.npz"]


def cut_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


MODELS: dict[str, Callable[[Path], object]] = {
    "no config": lambda folder: (folder / "config.json").unlink(),
    "a broken config": lambda folder: (folder / "config.json").write_text("{"),
    "another model": lambda folder: (folder / "config.json").write_text('{"model_type": "gpt2"}'),
    "no rules": lambda folder: (folder / "generation_config.json").unlink(),
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "cut weights": cut_weights,
    "empty weights": lambda folder: (folder / "model.safetensors").write_bytes(b""),
    "no tokenizer": lambda folder: (folder / "tokenizer.json").unlink(),
    "a broken tokenizer": lambda folder: (folder / "tokenizer.json").write_text("{}"),
}


@pytest.mark.parametrize("damage", MODELS.values(), ids=MODELS.keys())
def test_a_damaged_model_is_one_sentence(
    damage: Callable[[Path], object],
    model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = shutil.copytree(model, tmp_path / "broken")
    damage(broken)
    assert say(broken, tmp_path / "a.wav") == 2
    assert_one_sentence(capsys, "broken")
    assert not (tmp_path / "a.wav").exists()


WRONG = {
    "an unknown voice": (["--voice", "nobody"], "v1/anna"),  # and which there are
    "a voice file that is not there": (["--voice", "nowhere/a.npz"], "nowhere/a.npz"),
    "a precision of other devices": (["--precision", "float16"], "the precision bfloat16"),
    "offload without an accelerator": (["--device", "cpu", "--offload"], "offload"),
}


@pytest.mark.parametrize(("options", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_the_engine_cannot_do_is_one_sentence(
    options: list[str],
    words: str,
    model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert say(model, tmp_path / "a.wav", "--device", "cpu", *options) == 2
    assert_one_sentence(capsys, words)
    assert list(tmp_path.iterdir()) == []


def test_only_a_row_that_cannot_be_split_is_refused(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say(model, tmp_path / "a.wav", text="word" * 20) == 2
    assert_one_sentence(capsys, "word pieces")
    assert list(tmp_path.iterdir()) == []


def assert_one_sentence(capsys: pytest.CaptureFixture[str], words: str) -> None:
    out, err = capsys.readouterr()
    sentences = [line for line in err.splitlines() if not line.endswith("…")]
    assert out == ""
    assert len(sentences) == 1, err
    assert words in sentences[0]
