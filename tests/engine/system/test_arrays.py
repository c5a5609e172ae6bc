"""Arrays of strangers; what a voice may hold is tested in tests/engine/bark/test_voices.py."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import numpy as np
import pytest

from engine.system.arrays import read_npz


def packed(**members: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return file


def npy(array: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array))
    return file.getvalue()


def test_arrays_are_read_and_may_be_written() -> None:
    wide = np.asfortranarray(np.arange(6).reshape(2, 3))
    arrays = read_npz(packed(a=npy(wide), b=npy(3), c=b"never read"), ["a", "b"], 1000)
    assert (arrays["a"] == wide).all()
    assert arrays["b"].shape == ()
    arrays["a"][0, 0] = 7


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(ValueError, match="far more"):
        read_npz(packed(a=npy(np.zeros(1000)), b=npy(np.zeros(1000))), ["a", "b"], 10_000)


def test_damage_is_a_value_error() -> None:
    whole = packed(a=npy(np.random.default_rng(0).random(100))).getvalue()
    for place in range(0, len(whole), 7):
        for damaged in (whole[:place], whole[:place] + b"\xff\xff" + whole[place + 2 :]):
            with suppress(ValueError, KeyError):
                read_npz(io.BytesIO(damaged), ["a"], 10_000)
    with pytest.raises(ValueError, match="its a is no NumPy array"):
        read_npz(packed(a=b"hello"), ["a"], 1000)
    with pytest.raises(ValueError, match="its a holds numbers of no size"):
        read_npz(packed(a=npy(np.zeros(3, "V0"))), ["a"], 1000)
    with pytest.raises(KeyError):
        read_npz(packed(a=npy(1)), ["b"], 1000)
