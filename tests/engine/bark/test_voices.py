"""Voices from strangers: nothing runs, nothing is huge, nothing is out of range."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BarkProcessor

from engine.bark.config import BarkConfig, read_config
from engine.bark.voices import KEYS, find_voice, presets, read_npz, read_preset, save_npz
from engine.errors import UserError
from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import Tiny, assert_same, request, say
from tests.engine.bark.tiny import make_voice


@pytest.fixture(scope="module")
def config(tiny: Tiny) -> BarkConfig:
    return read_config(tiny.folder)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "voice.npz"


def npy(array: np.ndarray, **options: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, **options)
    return file.getvalue()


def header(shape: str, dtype: str = "<i4", *, fortran: bool = False, text: str = "") -> bytes:
    """A .npy that declares something and holds 64 numbers."""
    words = text or f"{{'descr': '{dtype}', 'fortran_order': {fortran}, 'shape': {shape}}}"
    return b"\x93NUMPY\x01\x00" + len(words).to_bytes(2, "little") + words.encode() + bytes(256)


def write_voice(path: Path, **parts: bytes | np.ndarray | None) -> Path:
    """A voice file in which some arrays are replaced, or left out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, array in {**make_voice(), **parts}.items():
            if array is not None:
                data = array if isinstance(array, bytes) else npy(array)
                archive.writestr(f"{key}.npy", data)
    return path


def test_a_voice(path: Path, config: BarkConfig) -> None:
    voice = read_npz(write_voice(path), config)
    for array, expected in zip(
        (voice.semantic, voice.coarse, voice.fine), make_voice().values(), strict=True
    ):
        assert array.dtype == np.int32
        assert np.array_equal(array, expected)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", ">i2", ">i4", "uint64", "int64"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_any_integers_in_any_order(path: Path, config: BarkConfig, dtype: str, order: Any) -> None:
    arrays = {key: np.asarray(a.astype(dtype), order=order) for key, a in make_voice().items()}
    voice = read_npz(write_voice(path, **arrays), config)
    assert np.array_equal(voice.coarse, make_voice()["coarse_prompt"])
    assert np.array_equal(voice.fine, make_voice()["fine_prompt"])


def test_savez(path: Path, config: BarkConfig) -> None:
    """As NumPy itself writes it, with one array that nobody knows."""
    np.savez(path, **make_voice(), comment=np.array("hello"))
    assert np.array_equal(read_npz(path, config).semantic, make_voice()["semantic_prompt"])


# ── hostile files ─────────────────────────────────────────────────────────────────────────────


class Evil:
    """Unpickling it writes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return Path.write_text, (self.marker, "run")


def test_trap_19_a_pickle_does_not_run(path: Path, config: BarkConfig) -> None:
    """Trap 19. np.load(allow_pickle=True) would run it."""
    marker = path.parent / "marker"
    evil = np.array([Evil(marker)], dtype=object)
    write_voice(path, semantic_prompt=npy(evil, allow_pickle=True))
    with pytest.raises(UserError, match=r"semantic_prompt.*Python objects"):
        read_npz(path, config)
    path.write_bytes(pickle.dumps(Evil(marker)))
    with pytest.raises(UserError, match="no voice file"):
        read_npz(path, config)
    assert not marker.exists()
    np.load(io.BytesIO(npy(evil, allow_pickle=True)), allow_pickle=True)
    assert marker.exists(), "this pickle is harmless: the test shows nothing"


CODES = make_voice()["coarse_prompt"]
BAD = {
    "object": ({"coarse_prompt": header("(2, 8)", "|O")}, "Python objects"),
    "floats": ({"coarse_prompt": CODES.astype(float)}, "float64"),
    "booleans": ({"coarse_prompt": CODES.astype(bool)}, "bool"),
    "text": ({"coarse_prompt": CODES.astype(str)}, "whole numbers"),
    "complex": ({"coarse_prompt": CODES.astype(complex)}, "whole numbers"),
    "records": ({"coarse_prompt": np.zeros((2, 8), "i4,i4")}, "whole numbers"),
    "dates": ({"coarse_prompt": CODES.astype("M8[s]")}, "whole numbers"),
    "missing": ({"coarse_prompt": None}, "no coarse_prompt"),
    "no array": ({"coarse_prompt": b"hello"}, "no NumPy array"),
    "nothing": ({"coarse_prompt": b""}, "no NumPy array"),
    "new version": ({"coarse_prompt": b"\x93NUMPY\x09\x00" + bytes(99)}, "no NumPy array"),
    "huge": ({"coarse_prompt": header("(2, 99999999999)")}, "far too many"),
    "overflowing": ({"coarse_prompt": header("(4294967296, 4294967296)")}, "far too many"),
    "negative size": ({"coarse_prompt": header("(-2, 8)")}, "coarse_prompt"),
    "two negative sizes": ({"coarse_prompt": header("(-2, -8)")}, "coarse_prompt"),
    "cut off": ({"coarse_prompt": npy(CODES)[:-5]}, "cut off"),
    "unbalanced": ({"coarse_prompt": header("", text="{'descr': ((('<i4'")}, "no NumPy array"),
    "code in header": ({"coarse_prompt": header("print(1)")}, "no NumPy array"),
    "deep": ({"coarse_prompt": header("", text="(" * 5000)}, "no NumPy array"),
    "one dimension": ({"coarse_prompt": CODES[0]}, "dimensions"),
    "three dimensions": ({"fine_prompt": CODES[None]}, "dimensions"),
    "a number": ({"semantic_prompt": np.array(3)}, "dimensions"),
    "empty semantic": ({"semantic_prompt": np.zeros(0, int)}, "semantic_prompt holds nothing"),
    "empty codes": ({"coarse_prompt": np.zeros((2, 0), int)}, "coarse_prompt holds nothing"),
    "codebooks": ({"coarse_prompt": CODES[:1]}, "1 coarse codebooks, this model 2"),
    "fine codebooks": ({"fine_prompt": CODES}, "2 fine codebooks, this model 4"),
    "above": ({"coarse_prompt": CODES + 1}, "number 32 in its coarse_prompt.*0 to 31"),
    "below": ({"coarse_prompt": CODES - 1}, "number -1 in its coarse_prompt"),
    "semantic above": ({"semantic_prompt": np.full(40, 100)}, "number 100.*0 to 99"),
    "wraps": ({"coarse_prompt": CODES.astype("u8") + np.uint64(2**63)}, "0 to 31"),
    "ratio": ({"coarse_prompt": CODES[:, :40]}, "40 frames.*40 semantic.*about 80"),
    "ratio of semantic": ({"semantic_prompt": np.zeros(10, int)}, "80 frames.*10 semantic"),
}


@pytest.mark.parametrize("name", BAD)
def test_trap_19_bad_arrays(path: Path, config: BarkConfig, name: str) -> None:
    """Trap 19. One sentence that names the file and what is wrong with it."""
    parts, words = BAD[name]
    write_voice(path, **parts)
    with pytest.raises(UserError, match=words) as caught:
        read_npz(path, config)
    assert "voice.npz" in str(caught.value)


def test_trap_19_a_fine_part_that_does_not_fit(path: Path, config: BarkConfig) -> None:
    """Trap 19. Fine codes of another clip than the coarse ones."""
    fine = make_voice()["fine_prompt"][:, :5]
    write_voice(path, fine_prompt=fine)
    with pytest.raises(UserError, match="not of one clip"):
        read_npz(path, config)


def test_trap_19_a_zip_bomb(path: Path, config: BarkConfig) -> None:
    """Trap 19. What it would unpack to is looked at before anything is unpacked."""
    write_voice(path, coarse_prompt=header("(2, 30000000)") + bytes(2**26))
    assert path.stat().st_size < 2**18
    with pytest.raises(UserError, match="coarse_prompt is far too large"):
        read_npz(path, config)


def test_a_file_of_another_kind(tmp_path: Path, config: BarkConfig) -> None:
    for name, data in (("text.npz", b"hello"), ("empty.npz", b""), ("zip.npz", b"PK\x03\x04xx")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UserError, match=f"{name} is no voice file"):
            read_npz(tmp_path / name, config)
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(UserError, match=r"folder\.npz is a folder"):
        read_npz(tmp_path / "folder.npz", config)
    with pytest.raises(UserError, match=r"no voice file .*none\.npz"):
        read_npz(tmp_path / "none.npz", config)
    with pytest.raises(UserError, match="voice file"):
        read_npz(tmp_path / "a\0b.npz", config)
    with pytest.raises(UserError, match="voice file"):
        read_npz(tmp_path / ("n" * 5000 + ".npz"), config)


def read_or_refused(path: Path, config: BarkConfig) -> None:
    """A voice or a sentence that names the file; anything else passes through."""
    refused = ""
    try:
        read_npz(path, config)
    except UserError as error:
        refused = str(error)
    assert not refused or "voice.npz" in refused


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_damage_anywhere(path: Path, config: BarkConfig, method: int) -> None:
    """Cut after any byte, and with any bytes changed: a voice, or a sentence. Nothing else."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for key, array in make_voice().items():
            archive.writestr(f"{key}.npy", npy(array.astype("<i2")))
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for attempt in range(400):
        data = bytearray(whole)
        if attempt % 4 == 0:
            data = data[: random.integers(len(data))]
        else:
            for at in random.integers(len(data), size=int(random.integers(1, 6))):
                data[at] = random.integers(256)
        path.write_bytes(data)
        read_or_refused(path, config)


def test_damaged_headers(path: Path, config: BarkConfig) -> None:
    """The same for the header of an array, which a zip's checksum does not guard here."""
    whole = npy(CODES)
    random = np.random.default_rng(1)
    for _ in range(400):
        data = bytearray(whole)
        for at in random.integers(128, size=int(random.integers(1, 4))):
            data[at] = random.integers(256)
        write_voice(path, coarse_prompt=bytes(data))
        read_or_refused(path, config)


# ── presets ───────────────────────────────────────────────────────────────────────────────────


def relist(tiny: Tiny, name: str, file: str) -> None:
    listed = tiny.folder / "speaker_embeddings_path.json"
    stored = json.loads(listed.read_text())
    stored[name] = {**stored["v1/anna"], "coarse_prompt": file}
    listed.write_text(json.dumps(stored))


def test_presets(tiny: Tiny, config: BarkConfig) -> None:
    assert list(presets(tiny.folder)) == ["v1/anna"]
    voice = read_preset(tiny.folder, "v1/anna", config)
    assert np.array_equal(voice.fine, make_voice()["fine_prompt"])
    assert find_voice(None, tiny.folder, config) is None


def test_a_checkpoint_without_presets(make: Make, config: BarkConfig) -> None:
    bare = make()
    (bare.folder / "speaker_embeddings_path.json").unlink()
    assert presets(bare.folder) == {}
    with pytest.raises(UserError, match=r"no voice 'v1/anna'; it has none \(or name an \.npz"):
        read_preset(bare.folder, "v1/anna", config)


OUTSIDE = [
    "../secret.npy",
    "speaker_embeddings/../../secret.npy",
    "/etc/passwd",
    "..\\secret.npy",
    "speaker_embeddings\\..\\..\\secret.npy",
    "\\secret.npy",
    "\\\\server\\share\\secret.npy",
    "C:secret.npy",
    "C:\\secret.npy",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("file", OUTSIDE)
def test_trap_21_a_preset_outside_the_folder(make: Make, config: BarkConfig, file: str) -> None:
    """Trap 21. Refused before any file is looked at, also when another voice is wanted."""
    other = make()
    np.save(other.folder.parent / "secret.npy", make_voice()["coarse_prompt"])
    relist(other, "v1/bob", file)
    for name in ("v1/bob", "v1/anna"):
        with pytest.raises(UserError, match="leaves the model's folder: not read"):
            read_preset(other.folder, name, config)


@pytest.mark.parametrize(
    "text", ["{", "[]", '"x"', "null", '{"v1/anna": 3}', '{"v1/anna": {}}', "\xff", '{"a": null}']
)
def test_a_damaged_list(make: Make, text: str) -> None:
    other = make()
    listed = other.folder / "speaker_embeddings_path.json"
    listed.write_bytes(text.encode("latin1"))
    with pytest.raises(UserError, match=r"speaker_embeddings_path\.json is damaged"):
        presets(other.folder)


def test_bad_presets(make: Make, config: BarkConfig) -> None:
    other = make()
    for name, data, words in (
        ("missing", None, "lacks its file.*missing.npy"),
        ("pickle", npy(np.array([{}]), allow_pickle=True), "pickle.npy holds Python objects"),
        ("text", b"hello", "text.npy is no NumPy array"),
        ("range", npy(CODES + 1), "the voice range holds the number 32"),
        ("huge", bytes(2**24 + 2**17), "huge.npy has .* at most 16.1 MB"),
    ):
        relist(other, name, f"speaker_embeddings/{name}.npy")
        if data is not None:
            (other.folder / f"speaker_embeddings/{name}.npy").write_bytes(data)
        with pytest.raises(UserError, match=words):
            read_preset(other.folder, name, config)
    relist(other, "folder", "speaker_embeddings")
    with pytest.raises(UserError, match="the voice folder lacks its file"):
        read_preset(other.folder, "folder", config)
    with pytest.raises(UserError, match=r"no voice 'v1/eve'; it has folder, huge, .*v1/anna"):
        read_preset(other.folder, "v1/eve", config)


def test_an_unknown_voice_is_found_before_any_work(tiny: Tiny) -> None:
    engine = tiny.engine()
    with pytest.raises(UserError, match="no voice 'v9/nobody'"):
        engine.generate(request("hello", voice="v9/nobody"))
    assert engine._stages is None


# ── kept takes ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tokens", [2, 3, 17, 60])
def test_a_take_is_kept_and_continued(
    tiny: Tiny, path: Path, config: BarkConfig, tokens: int
) -> None:
    """Trap 9: a voice is the end of a clip; what the stages look at is in it."""
    engine = tiny.engine()
    take = say(engine, "hello", semantic_tokens=tokens)[0]
    save_npz(path, take, config)
    voice = read_npz(path, config)
    kept = len(voice.semantic)
    assert kept == min(tokens, 20)
    assert np.array_equal(voice.semantic, take.semantic[-kept:])
    frames = voice.coarse.shape[1]
    assert np.array_equal(voice.coarse, take.coarse[:, -frames:])
    assert np.array_equal(voice.fine, take.fine[:, -frames:])

    # The end is all that matters: transformers continues the whole clip in the same way.
    whole = {"semantic": take.semantic, "coarse": take.coarse, "fine": take.fine}
    history = {f"{key}_prompt": array for key, array in whole.items()}
    next_take = say(engine, "a b", voice=str(path))[0]
    if tokens % 2 == 0:
        assert_same(next_take, tiny.reference("a b", history))


def test_round_trip_with_transformers(tiny: Tiny, path: Path, config: BarkConfig) -> None:
    """The same file gives the same sound there and here."""
    engine = tiny.engine()
    save_npz(path, say(engine, "hello")[0], config)
    take = say(engine, "a b", voice=str(path))[0]
    inputs = BarkProcessor.from_pretrained(tiny.folder)(
        "a b", voice_preset=str(path), max_length=20
    )
    inputs["history_prompt"] = dict(inputs["history_prompt"])
    with torch.no_grad():
        audio = tiny.model.generate(**inputs, do_sample=False)
    np.testing.assert_allclose(take.audio, audio[0].numpy(), rtol=0, atol=1e-4)


def test_presets_as_transformers_reads_them(tiny: Tiny, config: BarkConfig) -> None:
    inputs = BarkProcessor.from_pretrained(tiny.folder)(
        "a b", voice_preset="v1/anna", max_length=20
    )
    voice = read_preset(tiny.folder, "v1/anna", config)
    ours = (voice.semantic, voice.coarse, voice.fine)
    for key, array in zip(KEYS, ours, strict=True):
        assert np.array_equal(inputs["history_prompt"][key].numpy(), array)


def test_what_cannot_be_kept(tiny: Tiny, tmp_path: Path, config: BarkConfig) -> None:
    take = say(tiny.engine(), "hello", semantic_tokens=1)[0]
    with pytest.raises(UserError, match="too short to serve as a voice"):
        save_npz(tmp_path / "a.npz", take, config)
    take = say(tiny.engine(), "hello")[0]
    with pytest.raises(UserError, match="no folder"):
        save_npz(tmp_path / "nowhere" / "a.npz", take, config)
    assert list(tmp_path.iterdir()) == []
