"""Whether a model fits into the memory that is free, before it is loaded."""

from __future__ import annotations

import psutil

from engine.errors import UserError
from engine.text.checkpoint.source import Source

_TENSORFLOW = 600 * 2**20  # bytes that its import and its compiler take
_STEP = 100 * 2**20  # of tokenizer, scratch and a short cache without it


def needed(source: Source, *, native: bool, plain: bool) -> int:
    """Bytes that a model takes when it is loaded, with the program that computes it.

    plain: its weights become blocks of 8 bits.
    """
    if not native:
        return 4 * source.weights + _TENSORFLOW
    own = source.place.stat().st_size if source.place.is_file() and not plain else 0
    return (int(source.weights * 34 / 32) if plain else own) + _STEP


def check(source: Source, *, native: bool, plain: bool) -> None:
    """Raises UserError where the system has no room for a model."""
    wanted = needed(source, native=native, plain=plain)
    free = int(psutil.virtual_memory().available)
    if wanted <= free:
        return
    smaller = "a smaller model" if native else "a smaller model, or --precision int8"
    raise UserError(
        f"{source.place.name} needs about {wanted / 2**30:.1f} GB of memory, and "
        f"{free / 2**30:.1f} GB are free: close other programs, or take {smaller}"
    )
