"""Arrays of NumPy in files of strangers (.npy, .npz): no pickle is read, and what a file declares
is bounded before memory is taken for it."""

from __future__ import annotations

import lzma
import math
import zipfile
import zlib
from collections.abc import Iterable
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError

_MAX_MEMBERS = 1000  # of an archive; voices and takes have ten at most
_DAMAGE = (  # of an archive and of its packed members
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, IndexError,
    OverflowError, RuntimeError, UnicodeError,
)  # fmt: skip


def read_npy(file: IO[bytes], most: int, name: str) -> NDArray[Any]:
    """One array of at most so many bytes. name: what a sentence calls it. Raises UserError."""
    try:
        version = np.lib.format.read_magic(file)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = read_header(file)
    except Exception as error:  # the header is parsed as Python, with that parser's errors
        raise UserError(f"{name} is no NumPy array") from error
    if dtype.hasobject:
        raise UserError(f"{name} holds Python objects (a pickle), which could run code: not read")
    if not dtype.itemsize:
        raise UserError(f"{name} holds numbers of no size: it is damaged")
    if min(shape, default=0) < 0:
        raise UserError(f"{name} declares a size below 0: it is damaged")
    count = math.prod(shape)
    if count * dtype.itemsize > most or len(shape) > 8:
        raise UserError(f"{name} declares {count} numbers: far too many")
    data = file.read(count * dtype.itemsize)
    if len(data) != count * dtype.itemsize:
        raise UserError(f"{name} is cut off")
    array: NDArray[Any] = np.frombuffer(bytearray(data), dtype)
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


def read_npz(file: BinaryIO, names: Iterable[str], most: int) -> dict[str, NDArray[Any]]:
    """The arrays of these names, together of at most so many bytes. Raises ValueError for damage,
    and KeyError for a name that is missing."""
    arrays = {}
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist()}
            if len(sizes) > _MAX_MEMBERS:
                raise ValueError(f"it holds {len(sizes)} members, more than any of its kind")
            for name in names:
                most -= sizes[f"{name}.npy"]
                if most < 0:
                    raise ValueError("it unpacks to far more than any of its kind")
                with archive.open(f"{name}.npy") as member:
                    try:
                        arrays[name] = read_npy(member, sizes[f"{name}.npy"], f"its {name}")
                    except UserError as error:
                        raise ValueError(str(error)) from error
    except _DAMAGE as error:
        raise ValueError(f"it is damaged ({error})") from error
    except OSError as error:
        if error.errno is not None:  # the disk's; bz2's own has none
            raise
        raise ValueError(f"it is damaged ({error})") from error
    return arrays
