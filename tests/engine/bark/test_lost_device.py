"""A device that gives up: its words become a sentence, those of others do not."""

from __future__ import annotations

import pytest
import torch

from engine.bark.lost_device import is_lost, told_when_device_is_lost
from engine.errors import UserError

CARD = torch.device("cuda", 0)


@pytest.mark.parametrize(
    "words",
    [
        "CUDA error: unspecified launch failure\nCompile with `TORCH_USE_CUDA_DSA`",
        "CUDA error: GPU is lost",
        "CUDA error: unknown error",  # after a laptop has slept
        "CUDA driver error: system not yet initialized",
        "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx`",
        "MPS backend was not able to commit the command buffer",
    ],
)
def test_a_lost_card_is_told(words: str) -> None:
    first = words.partition("\n")[0]
    with (
        pytest.raises(
            UserError, match=r"does not answer any more \(.*rows are kept.*device cpu"
        ) as e,
        told_when_device_is_lost(CARD),
    ):
        raise RuntimeError(words)
    assert first in str(e.value)
    assert "TORCH_USE" not in str(e.value)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("shape '[3]' is invalid for input of size 4"),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: operation not permitted when stream is capturing"),
        KeyError("CUDA error"),
    ],
)
def test_other_errors_pass(error: Exception) -> None:
    assert not is_lost(error)
    with pytest.raises(type(error)), told_when_device_is_lost(CARD):
        raise error


def test_a_processor_is_never_lost() -> None:
    with (
        pytest.raises(RuntimeError, match="CUDA error"),
        told_when_device_is_lost(torch.device("cpu")),
    ):
        raise RuntimeError("CUDA error: unspecified launch failure")
