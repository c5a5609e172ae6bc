"""Offload: copies come and go, masters stay, the next one is fetched where there is room."""

from __future__ import annotations

import torch
from torch import nn

from engine.bark.offload import Offload

CPU = torch.device("cpu")


class Stage(nn.Module):
    """A linear layer, an LSTM and a table."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width, bias=False)
        self.lstm = nn.LSTM(width, width)
        self.register_buffer("table", torch.arange(3.0))
        self.forgot = 0

    def forget_graphs(self) -> None:
        self.forgot += 1


def places(stage: nn.Module) -> list[int]:
    return [t.data_ptr() for t in (*stage.parameters(), *stage.buffers())]


def test_a_stage_works_with_a_copy_and_leaves_it() -> None:
    stages = [Stage(), Stage(), Stage()]
    masters = [places(stage) for stage in stages]
    values = [[t.clone() for t in stage.parameters()] for stage in stages]
    offload = Offload(stages, CPU)
    x = torch.ones(2, 1, 4)
    wanted = [stage.lstm(x)[0].detach() for stage in stages]
    for i in (0, 0, 1, 1, 0, 2):
        stage = stages[i]
        offload.enter(stage)
        assert not set(places(stage)) & set(masters[i]), "the master itself"
        assert torch.equal(stage.lstm(x)[0], wanted[i])
        for j, other in enumerate(stages):
            if j != i:
                assert places(other) == masters[j]
        with torch.no_grad():
            stage.linear.weight.zero_()  # what is done to the copy is gone with it
    assert offload.moves == 4
    assert [stage.forgot for stage in stages] == [2, 1, 0]
    offload.empty()
    for stage, before, place in zip(stages, values, masters, strict=True):
        assert places(stage) == place
        assert all(torch.equal(a, b) for a, b in zip(stage.parameters(), before, strict=True))


def test_the_next_stage_is_fetched_where_it_fits() -> None:
    small, large, last = Stage(2), Stage(64), Stage(2)
    order = [small, large, last]
    sizes = [sum(t.nbytes for t in (*s.parameters(), *s.buffers())) for s in order]
    offload = Offload(order, CPU, spare=sizes[0])
    assert [offload.bytes_of(stage) for stage in order] == sizes
    offload.enter(small)
    assert offload.moves == 1  # the large one does not fit beside it
    offload.enter(large)
    assert offload.moves == 3  # and the last one does
    offload.enter(last)
    assert offload.moves == 3
    roomy = Offload(order, CPU, spare=sizes[1])
    roomy.enter(small)
    roomy.enter(large)
    assert roomy.moves == 3
