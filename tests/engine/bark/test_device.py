"""Which device computes, with cards that are not here."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch

from engine.bark import device
from engine.bark.device import find_device, freest, why_no_cuda
from engine.errors import UserError

Cards = Callable[..., None]


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Cards:
    """Lets torch see so many cards, of which some do not work."""

    def have(count: int, broken: tuple[int, ...] = (), listed: str = "") -> None:
        freest.cache_clear()
        monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
        monkeypatch.setattr(
            torch.cuda, "get_device_properties", lambda index: SimpleNamespace(uuid=f"uuid-{index}")
        )
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
        monkeypatch.setattr(device, "_works", lambda i: f"card {i} is broken" * (i in broken))
        monkeypatch.setattr(device, "output_of", lambda *command: listed)

    yield have  # type: ignore[misc]
    freest.cache_clear()


def test_one_card_is_taken(cards: Cards) -> None:
    cards(1)
    assert find_device("auto") == (torch.device("cuda", 0), "")
    assert find_device("cuda") == (torch.device("cuda", 0), "")
    assert find_device("cpu") == (torch.device("cpu"), "")


def test_the_freest_of_several_or_the_one_that_is_named(cards: Cards) -> None:
    cards(3, listed="GPU-uuid-2, 100\nGPU-uuid-0, 4000\nGPU-uuid-1, 20000\nnonsense")
    assert find_device("auto")[0].index == find_device("cuda")[0].index == 1
    assert find_device("cuda:2")[0].index == 2
    with pytest.raises(UserError, match="no cuda:3: choose cuda:0 to cuda:2"):
        find_device("cuda:3")
    cards(3, listed="")  # nobody answers
    assert find_device("cuda")[0].index == 0


def test_a_card_that_cannot_compute_is_refused_or_passed_by(cards: Cards) -> None:
    cards(1, broken=(0,))
    with pytest.raises(
        UserError, match=r"cannot be used \(card 0 is broken\): choose the device cpu"
    ):
        find_device("cuda")
    assert find_device("auto") == (
        torch.device("cpu"),
        "the processor computes, since the card cannot be used (card 0 is broken)",
    )


def test_a_card_is_tried_with_one_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a card says for which this torch has no code."""

    def no_image(*size: int, device: torch.device) -> torch.Tensor:
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device\n")

    monkeypatch.setattr(torch, "ones", no_image)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "GeForce GTX 660")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda index: (3, 0))
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: ["sm_75", "sm_90"])
    said = device._works.__wrapped__(0)
    assert "cannot compute on GeForce GTX 660, of generation 3.0, which this torch lacks" in said
    assert said.endswith("(CUDA error: no kernel image is available for execution on the device)")


def test_why_there_is_no_card(cards: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    cards(0)
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(
        UserError, match=r"no CUDA device .*build without CUDA\): choose the device"
    ):
        find_device("cuda")

    def old() -> bool:
        warnings.warn("The NVIDIA driver on your system is too old (found 11040)", stacklevel=1)
        return False

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    assert why_no_cuda() == ""
    monkeypatch.setattr(torch.cuda, "is_available", old)
    assert why_no_cuda() == "its driver is too old for CUDA 13.0: install a newer one"
