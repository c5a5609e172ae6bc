"""A device that captures, played by the processor: what torch.cuda does with graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

Operation = tuple[Any, tuple[Any, ...], dict[str, Any], Any]

_READS = ("_local_scalar_dense", "item", "nonzero", "is_nonzero", "tolist")


class HostRead(RuntimeError):
    """A value was asked for on the host."""


def _name(function: Any) -> str:
    return str(function).split(".")[1]


class _Notes(TorchDispatchMode):
    """Notes every operation down; what would make the host wait is refused."""

    def __init__(self, *, reads: bool = False) -> None:
        super().__init__()
        self.reads = reads
        self.operations: list[Operation] = []
        self.before: dict[int, tuple[Any, Any]] = {}  # memory that is written, and what it held

    def __torch_dispatch__(
        self, function: Any, types: Any, arguments: Any = (), options: Any = None
    ) -> Any:
        options = options or {}
        if _name(function) in _READS and not self.reads:
            raise HostRead(f"{function} while capturing")
        for argument, value in zip(function._schema.arguments, arguments, strict=False):
            if self.reads:
                break
            if argument.alias_info is not None and argument.alias_info.is_write:
                self._remember(value)
        result = function(*arguments, **options)
        self.operations.append((function, arguments, options, result))
        return result

    def _remember(self, tensor: Tensor) -> None:
        if not tensor.is_meta and _place(tensor) not in self.before:
            storage = tensor.untyped_storage()
            self.before[_place(tensor)] = storage, storage.clone()

    def take_back(self) -> None:
        """Let all memory be as it was."""
        for storage, before in self.before.values():
            storage.copy_(before)


@contextmanager
def noting(*, reads: bool = False) -> Iterator[list[Operation]]:
    """The operations of the block. Unless reads are allowed, a read of a value raises."""
    with _Notes(reads=reads) as notes:
        yield notes.operations


def launches(operations: list[Operation]) -> int:
    """How many of them a device would be given: all but views."""
    return sum(not _is_view(operation) for operation in operations)


def _tensors(values: Any) -> list[Tensor]:
    return [value for value in tree_leaves(values) if isinstance(value, Tensor)]


def _writes(function: Any) -> bool:
    return bool(function._schema.is_mutable)


def _is_view(operation: Operation) -> bool:
    function, arguments, options, result = operation
    if _writes(function):
        return False
    given = {_place(t) for t in _tensors((arguments, options))}
    made = _tensors(result)
    return bool(made) and all(_place(t) in given for t in made)


def _place(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


class rounded_once(TorchFunctionMode):  # noqa: N801, a context
    """Sums of bfloat16 in 64 bits, rounded at their end. In which order torch sums hangs on how
    many rows and positions there are, masked ones too: a last bit differs in one of some hundred
    sums, and 8 bits show that. Two ways whose rows or lengths differ are equal here if they ask for
    the same sums."""

    SUMS = ("linear", "bmm", "matmul", "__matmul__", "softmax", "layer_norm", "sum")

    def __torch_function__(
        self, function: Any, types: Any, arguments: Any = (), options: Any = None
    ) -> Any:
        options = options or {}
        if getattr(function, "__name__", "") not in self.SUMS:
            return function(*arguments, **options)
        halves = any(t.dtype == torch.bfloat16 for t in _tensors((arguments, options)))
        if halves:
            arguments, options = tree_map(_widened, (arguments, options))
        result = function(*arguments, **options)
        return result.bfloat16() if halves else result


def _widened(value: Any) -> Any:
    is_half = isinstance(value, Tensor) and value.dtype == torch.bfloat16
    return value.double() if is_half else value


class RecordingApi:
    """Captures by noting operations down with their tensors, and replays exactly these: a value
    that the host had at the capture stays what it was."""

    def __init__(self) -> None:
        self.captured: list[int] = []  # operations of each capture
        self.replays: list[int] = []  # numbers of the captures that were replayed
        self.warm = 0

    def warm_up(self, work: Callable[[], object]) -> None:
        self.warm += 1
        work()

    def capture(self, work: Callable[[], object]) -> Any:
        with _Notes() as notes:
            work()
        notes.take_back()  # noting does the work, capturing does not
        self.captured.append(len(notes.operations))
        return len(self.captured) - 1, notes.operations

    def replay(self, graph: Any) -> None:
        number, operations = graph
        self.replays.append(number)
        for operation in operations:
            function, arguments, options, result = operation
            if _writes(function):
                function(*arguments, **options)
            elif not _is_view(operation):
                again = function(*arguments, **options)
                for old, new in zip(_tensors(result), _tensors(again), strict=True):
                    old.copy_(new)
