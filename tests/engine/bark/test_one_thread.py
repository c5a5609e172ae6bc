"""Which of torch's operations are shared out to its threads, where the program's own code does the
large ones: none that many busy programs would make wait."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from engine.bark.kernel import Kernel
from engine.bark.one_thread import one_thread
from tests.engine.bark.reference import NO_KERNEL, Tiny, say

LOGITS = 110  # of a row: so few numbers torch shares with nobody
COMPUTES = {
    *("add", "mul", "mm", "addmm", "index", "embedding", "stack", "sum", "aminmax"),
    *("native_layer_norm", "_softmax", "cumsum", "sort", "searchsorted", "argmax", "minimum"),
}


class Watch(TorchDispatchMode):
    """Notes what is computed while torch may use more than one thread."""

    def __init__(self) -> None:
        super().__init__()
        self.shared: set[tuple[str, int]] = set()

    def __torch_dispatch__(
        self, function: Any, types: Any, arguments: Any = (), keywords: Any = None
    ) -> Any:
        result = function(*arguments, **(keywords or {}))
        if torch.get_num_threads() > 1 and isinstance(result, torch.Tensor):
            self.shared.add((str(function), result.numel()))
        return result


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_row_shares_nothing_out_to_threads_of_torch(tiny: Tiny, precision: str) -> None:
    """The embeddings of a step of eight rows were, and it took 1.6 times as long beside four busy
    loops as it had to."""
    if Kernel.build() is None:
        pytest.skip(NO_KERNEL)
    engine = tiny.engine(precision=precision, kernel="auto", batch_size=4)
    texts = ("one", "two", "three", "four")
    say(engine, *texts)  # loads
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with Watch() as watch:
            say(engine, *texts)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    shared = {name.split(".")[1] for name, size in watch.shared if size > LOGITS}
    assert shared & COMPUTES == set()


def test_the_number_comes_back_after_an_error() -> None:
    before = torch.get_num_threads()
    with pytest.raises(ValueError, match="of the work"), one_thread():
        assert torch.get_num_threads() == 1
        raise ValueError("of the work")
    assert torch.get_num_threads() == before
