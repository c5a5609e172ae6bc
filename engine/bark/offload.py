"""One stage on the accelerator at a time; the weights of all lie in main memory.

They are copied one way: what is on the device is a copy, and leaving throws it away. Where there is
room, the next stage is fetched on a stream of its own while this one works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

_cuda: Any = torch.cuda  # its constructors have no types


@dataclass(eq=False)
class _Part:
    """A tensor of a stage: where it belongs, and the one that stays in main memory."""

    module: nn.Module
    name: str
    master: Tensor
    copy: Tensor | None = None

    def use(self, tensor: Tensor) -> None:
        """Let the module work with this tensor."""
        if self.name in self.module._parameters:
            tensor = nn.Parameter(tensor, requires_grad=False)
        setattr(self.module, self.name, tensor)


@dataclass(eq=False)
class _Home:
    """What a stage is made of. arrived: an event of the device, when its copies are whole."""

    parts: list[_Part]
    arrived: Any = None
    fetched: bool = False
    bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.bytes = sum(part.master.nbytes for part in self.parts)


class Offload:
    """Stages that take turns on a device. order: in which they are worked through."""

    def __init__(self, order: Sequence[nn.Module], device: torch.device, spare: int = 0) -> None:
        """spare: bytes of the device that a stage may take besides the one that works."""
        self._device = device
        self._cuda = device.type == "cuda"
        self._stream = _cuda.Stream() if self._cuda else None
        self._order = list(order)
        self._homes = {stage: _Home(list(self._parts(stage))) for stage in order}
        self.spare = spare
        self._inside: nn.Module | None = None
        self.moves = 0  # stages that were copied to the device

    def _parts(self, stage: nn.Module) -> Iterator[_Part]:
        for module in stage.modules():
            for name, tensor in (*module._parameters.items(), *module._buffers.items()):
                if tensor is not None:
                    master = tensor.detach()
                    part = _Part(module, name, master.pin_memory() if self._cuda else master)
                    part.use(part.master)
                    yield part

    def bytes_of(self, stage: nn.Module) -> int:
        """What a stage weighs."""
        return self._homes[stage].bytes

    def fits(self, stage: nn.Module) -> bool:
        """Whether a stage may be fetched beside the one that works."""
        return self._homes[stage].bytes <= self.spare

    def enter(self, stage: nn.Module) -> None:
        """Bring a stage in, in place of the one that was there."""
        if self._inside is stage:
            return
        if self._inside is not None:
            self._leave(self._inside)
        home = self._homes[stage]
        self._fetch(home)
        if home.arrived is not None:
            torch.cuda.current_stream().wait_event(home.arrived)
        for part in home.parts:
            assert part.copy is not None
            if self._cuda:  # its memory is not used again before the work with it is done
                part.copy.record_stream(torch.cuda.current_stream())
            part.use(part.copy)
        for module in stage.modules():
            if isinstance(module, nn.RNNBase):
                module.flatten_parameters()
        self._inside = stage
        following = self._order[self._order.index(stage) + 1 :][:1]
        if following and self.fits(following[0]):
            self._fetch(self._homes[following[0]])

    def _fetch(self, home: _Home) -> None:
        if home.fetched:
            return
        with self._on_stream():
            for part in home.parts:
                part.copy = part.master.to(self._device, non_blocking=self._cuda, copy=True)
            if self._stream is not None:
                home.arrived = _cuda.Event()
                home.arrived.record()
        home.fetched = True
        self.moves += 1

    @contextmanager
    def _on_stream(self) -> Iterator[None]:
        with nullcontext() if self._stream is None else torch.cuda.stream(self._stream):
            yield

    def _leave(self, stage: Any) -> None:
        if hasattr(stage, "forget_graphs"):
            stage.forget_graphs()  # which look at weights that go
        home = self._homes[stage]
        for part in home.parts:
            part.use(part.master)
            part.copy = None
        home.fetched, home.arrived = False, None

    def empty(self) -> None:
        """Take everything off the device, also what was fetched ahead."""
        for stage in self._order:
            self._leave(stage)
        self._inside = None
