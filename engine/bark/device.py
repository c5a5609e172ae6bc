"""Which device computes: is it there, does it work, and which of several cards is the freest?

No sentence of a driver reaches the user as it is; what is asked of the machine is asked once.
"""

from __future__ import annotations

import functools
import warnings

import torch

from engine.errors import UserError
from engine.system.machine import output_of


def find_device(wanted: str) -> tuple[torch.device, str]:
    """The device of a word of Settings.device, and a sentence where "auto" passes a card by that
    does not work. Raises UserError for one that is not there or does not work."""
    mps = torch.backends.mps.is_available()
    if wanted == "auto":
        if torch.cuda.is_available():
            index = freest()
            why = _works(index)
            if not why:
                return torch.device("cuda", index), ""
            return torch.device(
                "cpu"
            ), f"the processor computes, since the card cannot be used ({why})"
        return torch.device("mps" if mps else "cpu"), ""
    if wanted == "mps" and not mps:
        raise UserError("this machine has no MPS device: choose the device cpu")
    if not wanted.startswith("cuda"):
        return torch.device(wanted), ""
    if not torch.cuda.is_available():
        if why := why_no_cuda():
            raise UserError(f"this machine has no CUDA device ({why}): choose the device cpu")
        raise UserError("this machine has no CUDA device that torch can use: choose the device cpu")
    index = int(wanted.partition(":")[2]) if ":" in wanted else freest()
    cards = torch.cuda.device_count()
    if index >= cards:
        there = "cuda:0" if cards == 1 else f"cuda:0 to cuda:{cards - 1}"
        raise UserError(f"this machine has no {wanted}: choose {there}")
    if why := _works(index):
        raise UserError(f"this card cannot be used ({why}): choose the device cpu")
    return torch.device("cuda", index), ""


@functools.cache
def _works(index: int) -> str:
    """Why a card cannot compute; "" where it can. One operation says it."""
    try:
        device = torch.device("cuda", index)
        if (torch.ones(8, device=device) * 2).sum().item() == 16:
            return ""
        reason = "it computes wrong"
    except RuntimeError as error:
        reason = str(error).strip().partition("\n")[0]
    try:
        name = torch.cuda.get_device_name(index)
        major, minor = torch.cuda.get_device_capability(index)
        has_code = f"sm_{major}{minor}" in torch.cuda.get_arch_list()
        generation = "" if has_code else f", of generation {major}.{minor}, which this torch lacks"
    except (RuntimeError, AssertionError):
        name, generation = f"cuda:{index}", ""
    return f"torch {torch.__version__} cannot compute on {name}{generation} ({reason})"


@functools.cache
def freest() -> int:
    """The card with the most free memory, asked of the driver: torch would put some hundred
    megabytes on each card to ask it."""
    count = torch.cuda.device_count()
    if count < 2:
        return 0
    query = ("--query-gpu=uuid,memory.free", "--format=csv,noheader,nounits")
    free: dict[str, int] = {}
    for line in output_of("nvidia-smi", *query).splitlines():
        uuid, _, size = line.partition(",")
        if size.strip().isdecimal():
            free[uuid.strip().removeprefix("GPU-")] = int(size)

    def of(index: int) -> int:
        uuid = str(getattr(torch.cuda.get_device_properties(index), "uuid", ""))
        return free.get(uuid.removeprefix("GPU-"), -1)

    return max(range(count), key=of)  # the first where nobody answers


def why_no_cuda() -> str:
    """Why torch sees no card, as far as it says so."""
    if torch.version.cuda is None:
        return f"torch {torch.__version__} is a build without CUDA"
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        torch.cuda.is_available()
    words = " ".join(str(warning.message) for warning in heard)
    if "too old" in words:
        return f"its driver is too old for CUDA {torch.version.cuda}: install a newer one"
    return ""


@functools.cache
def has_int8_product(index: int) -> bool:
    """Whether this torch multiplies 16-bit activations with 8-bit weights on a card."""
    device = torch.device("cuda", index)
    try:
        x = torch.ones(1, 32, dtype=torch.bfloat16, device=device)
        weight = torch.ones(32, 32, dtype=torch.int8, device=device)
        y = torch._weight_int8pack_mm(x, weight, torch.ones(32, dtype=x.dtype, device=device))
        return bool((y == 32).all())
    except (RuntimeError, AttributeError, NotImplementedError):
        return False
