"""Memory that cannot be had, told as a sentence with the way out.

Who has none says it in many words: Python and the kernel's memory by MemoryError, torch on a
processor by a RuntimeError of its allocator, on an accelerator by an error of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from engine.errors import UserError

_WORDS = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")


@contextmanager
def told_when_out_of_memory(rows: int) -> Iterator[None]:
    """Raises UserError where the memory does not suffice. rows: that are spoken together."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise UserError(
            f"the memory does not suffice for this model with so many rows together ({rows}): "
            "speak fewer rows together, choose the precision int8 or bfloat16, or close other "
            "programs"
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory could not be had."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(w in str(error).lower() for w in _WORDS)
