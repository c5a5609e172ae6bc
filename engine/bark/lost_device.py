"""An accelerator that does not answer any more, told as a sentence with the way out.

A card falls off its bus, a driver is updated under it, a laptop sleeps and wakes without it: then
every further operation of this process fails in the library's own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from engine.bark.out_of_memory import is_out_of_memory
from engine.errors import UserError

_WORDS = (
    *("cuda error", "cuda driver error", "cublas_status", "cudnn_status", "cudnn error"),
    *("device-side assert", "gpu is lost", "mps backend", "command buffer"),
)


@contextmanager
def told_when_device_is_lost(device: torch.device) -> Iterator[None]:
    """Raises UserError where the device gives up in the middle of the work."""
    try:
        yield
    except RuntimeError as error:
        if device.type == "cpu" or not is_lost(error):
            raise
        reason = str(error).strip().partition("\n")[0]
        raise UserError(
            f"the graphics card does not answer any more ({reason}): finished rows are kept; start "
            "the program again to go on, or choose the device cpu"
        ) from error


def is_lost(error: BaseException) -> bool:
    """Whether an error says that a device has given up, for another reason than its memory."""
    if is_out_of_memory(error) or "captur" in str(error).lower():  # that, graphs.py answers
        return False
    if isinstance(error, getattr(torch, "AcceleratorError", ())):
        return True
    return isinstance(error, RuntimeError) and any(w in str(error).lower() for w in _WORDS)
