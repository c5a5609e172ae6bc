"""Steps in blocks, as they are and captured, against one step after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
import torch

from engine.api import Cancelled, Progress, SpeechRequest, SpeechRow, SpeechSampling, StageSampling
from engine.bark import blocks, graphs
from engine.bark.checkpoint import Weights
from engine.bark.config import TransformerConfig, read_config
from engine.bark.engine import BarkEngine
from engine.bark.fine import FineStage
from engine.bark.graphs import Graphs
from engine.bark.linear import Compute
from engine.bark.sampling import Sampler
from engine.bark.semantic import SemanticRow, SemanticStage
from engine.errors import UserError
from tests.engine.bark.captured import HostRead, RecordingApi, launches, noting, rounded_once
from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import Tiny, assert_same, request, same, say

LIVELY = StageSampling(temperature=0.7, top_k=60, top_p=0.95)
SAMPLED = SpeechSampling(semantic=LIVELY, coarse=LIVELY, fine=LIVELY)
TEXTS = ("hello world", "a b", "one", "two words", "three", "four", "five", "six", "seven")


@pytest.fixture(autouse=True)
def apis(monkeypatch: pytest.MonkeyPatch) -> list[RecordingApi]:
    """The devices that captured in this test."""
    made: list[RecordingApi] = []

    def make() -> RecordingApi:
        made.append(RecordingApi())
        return made[-1]

    monkeypatch.setattr(graphs, "CudaApi", make)
    return made


def engine_of(tiny: Tiny, steps: str, **settings: Any) -> BarkEngine:
    offload = settings.pop("offload", False)
    engine = tiny.engine(**settings)
    engine.compute = dataclasses.replace(engine.compute, steps=steps)
    engine.settings = engine.settings.replace(offload=offload)
    return engine


def rows_of(count: int) -> SpeechRequest:
    """Rows with voices of their own or none, and seeds."""
    rows = tuple(
        SpeechRow(text=text, seed=i, voice="v1/anna" if i % 3 == 1 else None)
        for i, text in enumerate(TEXTS[:count])
    )
    return SpeechRequest(rows=rows, sampling=SAMPLED)


@pytest.mark.slow
def test_the_same_tokens_in_every_precision_and_number_of_rows(ending: Tiny) -> None:
    """1 to 9 rows in 3 to 8 places, which end at different steps: static and captured blocks give
    what single steps give, also when an engine speaks again."""
    for precision, places, counts in (
        ("float32", 8, (1, 3, 9)),
        ("bfloat16", 3, (2, 5)),
        ("int8", 8, (5,)),
        ("int8-weights", 4, (5,)),
    ):
        settings = {"precision": precision, "batch_size": places}
        ways = {way: engine_of(ending, way, **settings) for way in ("one", "static", "captured")}
        for count in counts:
            with nullcontext() if precision == "float32" else rounded_once():
                takes = {way: engine.generate(rows_of(count)).takes for way, engine in ways.items()}
            lengths = {len(take.semantic) for take in takes["one"]}
            assert count < 4 or len(lengths) > 1, "rows of several lengths were meant"
            for way in ("static", "captured"):
                for take, wanted in zip(takes[way], takes["one"], strict=True):
                    assert same(take, wanted), (precision, places, count, way)
                    assert take.ended == wanted.ended


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"early_sound": True},
        {"offload": True},
        {"offload": True, "early_sound": True},
        {"long_window": True},
        {"unpadded": True},
        {"attention": "eager"},
    ],
    ids=lambda options: " ".join(options),
)
def test_the_same_tokens_with_every_option(ending: Tiny, options: dict[str, Any]) -> None:
    asked = rows_of(4)
    wanted = engine_of(ending, "one", batch_size=3, **options).generate(asked).takes
    for way in ("static", "captured"):
        takes = engine_of(ending, way, batch_size=3, **options).generate(asked).takes
        for take, expected in zip(takes, wanted, strict=True):
            assert_same(take, expected)


def test_exactly_so_many_tokens_and_other_samplings(ending: Tiny) -> None:
    """Neither an end nor a limit falls on the end of a block; a new sampling captures anew."""
    one, captured = engine_of(ending, "one"), engine_of(ending, "captured")
    for tokens, temperature in ((1, 0.0), (7, 0.0), (8, 0.5), (19, 0.9)):
        stage = StageSampling(temperature=temperature)
        sampling = SpeechSampling(semantic=stage, coarse=stage, fine=stage, min_eos_p=0.0)
        asked = request("hello", "a b", semantic_tokens=tokens, sampling=sampling)
        for take, wanted in zip(
            captured.generate(asked).takes, one.generate(asked).takes, strict=True
        ):
            assert len(take.semantic) == tokens
            assert_same(take, wanted)


def test_stop_inside_a_block(tiny: Tiny) -> None:
    """Stop is heard after the block, nothing goes on after it, and the engine speaks again."""
    for way, stops in (("static", (("semantic", 3), ("coarse", 2))), ("captured", (("fine", 3),))):
        for stage, call in stops:
            engine = engine_of(tiny, way, batch_size=2)
            left, raised = call, False

            def report(step: Progress, stage: str = stage) -> None:
                nonlocal left, raised
                assert not raised, "work went on after Stop"
                left -= step.stage == stage
                if left == 0:
                    raised = True
                    raise Cancelled

            with pytest.raises(Cancelled):
                engine.generate(request("hello", "a b", "three"), report)
            assert engine._stages is not None
            assert engine._stages.semantic.rows == engine._stages.coarse.rows == []
            assert_same(say(engine, "hello")[0], tiny.reference("hello"))


def test_a_block_is_eight_steps_and_one_look(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    read = blocks.Blocks.read

    def spy(self: blocks.Blocks, rows: int, steps: int) -> list[list[int]]:
        looks.append(steps)
        return read(self, rows, steps)

    monkeypatch.setattr(blocks.Blocks, "read", spy)
    say(engine_of(tiny, "static"), "hello", semantic_tokens=20)
    semantic, coarse = looks[:3], looks[3:]
    assert semantic == [8, 8, 4]
    assert set(coarse[:-1]) == {8}


def test_overflow_inside_a_block(make: Make) -> None:
    """A sentence, and never a token drawn from nan; nan behind the end of a row is none of its."""

    def edit(model: Any) -> None:
        model.semantic.input_embeds_layer.weight[:100] = float("nan")

    broken = make(edit=edit)
    for way in ("static", "captured"):
        with pytest.raises(UserError, match=r"overflowed in float32: get the model again"):
            say(engine_of(broken, way), "hello")
        # The first token comes from the prompt, which is well.
        assert len(say_semantic(engine_of(broken, way), 1)) == 1


def say_semantic(engine: BarkEngine, tokens: int) -> np.ndarray:
    """Semantic tokens of a row."""
    return say(engine, "hello", semantic_tokens=tokens)[0].semantic


def test_overflow_in_a_captured_pass(make: Make) -> None:
    def edit(model: Any) -> None:
        model.fine_acoustics.layers[1].mlp.out_proj.weight.fill_(3e38)

    with pytest.raises(UserError, match="overflowed in float32"):
        say(engine_of(make(edit=edit), "captured"), "hello")


# ── graphs ────────────────────────────────────────────────────────────────────────────────────


def test_which_graphs_are_captured(tiny: Tiny, apis: list[RecordingApi]) -> None:
    """One a bucket of rows and of lengths, the largest first; all steps are replays, and a second
    request captures nothing."""
    engine = engine_of(tiny, "captured", batch_size=3)
    say(engine, "hello", "a b", "one")
    assert engine._stages is not None
    for stage, api in zip((engine._stages.semantic, engine._stages.coarse), apis, strict=False):
        kept = stage._blocks
        assert kept is not None
        keys = [key[:2] for key in kept.graphs._kept]  # type: ignore[index]
        assert max(rows for rows, _ in keys) == 4
        assert {rows for rows, _ in keys} <= {1, 2, 4}
        assert api.warm == len(api.captured) == len(keys)
        assert len(api.replays) >= 60
    first = (4, 96)
    assert first in [key[:2] for key in engine._stages.semantic._blocks.graphs._kept]  # type: ignore[union-attr, index]
    before = [len(api.captured) for api in apis]
    say(engine, "hello", "a b", "one")
    assert [len(api.captured) for api in apis] == before
    fine = apis[2]
    assert len(fine.captured) == 1 + 2  # the sum, and a pass for each further codebook
    engine.close()
    assert engine._stages is None


def test_the_largest_is_captured_first(tiny: Tiny) -> None:
    captured: list[Any] = []

    class Spy(Graphs):
        def capture(self, key: Any, work: Any, changed: Any = ()) -> None:
            captured.append(key[:2])
            super().capture(key, work, changed)

    stage = semantic_of(tiny, Compute(torch.device("cpu"), steps="static"))
    with torch.inference_mode():
        stage.open(5, 96, 60)
        assert stage._blocks is not None
        stage._blocks.graphs = Spy(RecordingApi())
        admit(stage, 1)
        stage.step()
    assert captured == [(8, 96), (1, 96)]


def test_buckets() -> None:
    rows = [blocks.bucket_of_rows(n) for n in (1, 2, 3, 4, 5, 8, 9, 64, 65, 256)]
    assert rows == [1, 2, 4, 4, 8, 8, 16, 64, 128, 256]
    lengths = [blocks.bucket_of_positions(n, 1000) for n in (1, 128, 129, 900, 1000)]
    assert lengths == [128, 128, 256, 1000, 1000]


def test_a_device_that_cannot_capture_steps_as_it_is(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RecordingApi, "capture", _refuse)
    speech = engine_of(tiny, "captured").generate(request("hello"))
    assert_same(speech.takes[0], tiny.reference("hello"))
    (note,) = speech.notes
    assert note.startswith("the steps could not be captured on this card (CUDA error: operation")
    assert "more" not in note


def _refuse(self: RecordingApi, work: Any) -> Any:
    raise RuntimeError("CUDA error: operation not permitted when stream is capturing\nmore")


def test_memory_that_does_not_suffice_for_a_capture_is_told(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(self: RecordingApi, work: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(RecordingApi, "capture", none)
    with pytest.raises(UserError, match=r"so many rows together \(1\)"):
        say(engine_of(tiny, "captured"), "hello")


def test_graphs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was used longest ago goes."""
    monkeypatch.setattr(Graphs, "MOST", 2)
    kept, count = Graphs(RecordingApi()), torch.zeros(1)
    for key in ("a", "b", "a", "c"):
        kept.run(key, lambda: count.add_(1), (count,))
    assert ("a" in kept, "b" in kept, "c" in kept) == (True, False, True)
    assert int(count) == 4


# ── on a device that has no values ────────────────────────────────────────────────────────────


class NoWeights:
    """Weights of any shape, without values."""

    def __contains__(self, name: str) -> bool:
        return "bias" not in name

    def get(self, name: str, shape: Any) -> torch.Tensor:
        return torch.empty(*shape, device="meta")

    def rows(self, name: str, shape: Any, ids: Any) -> torch.Tensor:
        return torch.empty(len(ids), shape[1], device="meta")


def semantic_of(tiny: Tiny, compute: Compute) -> SemanticStage:
    return SemanticStage(Weights(tiny.folder), read_config(tiny.folder), compute)


def admit(stage: SemanticStage, rows: int, **options: Any) -> None:
    for i in range(rows):
        sampler = options.get("sampler", Sampler(0.7))
        numbers = torch.zeros(60, device=stage.compute.device)
        row = SemanticRow(i, [1, 2], None, numbers, 60, sampler, fixed=options.get("fixed", False))
        if stage.compute.device.type != "meta":
            stage.admit(row, lambda: None)
        else:  # reading a prompt looks at its numbers
            stage.rows.append(row)
            stage.slots.add(row.uniforms, row.sampler, fixed=row.fixed)


@pytest.fixture
def _inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


SMALL = TransformerConfig(num_layers=12, num_heads=12, hidden_size=768, block_size=1024)


@pytest.mark.usefixtures("_inference")
def test_a_step_reads_nothing_and_asks_for_little(tiny: Tiny) -> None:
    """bark-small's step on a device without values, for every option: no value is read, and what is
    launched for a token is bounded, whatever the number of rows."""
    config = dataclasses.replace(read_config(tiny.folder), semantic=SMALL)
    samplers = (Sampler(0.0), Sampler(0.7, 50, 0.9, 0.2))
    counts: dict[tuple[Any, ...], int] = {}
    for precision in ("float32", "float16"):
        for attention in ("fused", "eager"):
            compute = Compute(torch.device("meta"), precision, attention, None, steps="static")
            stage = SemanticStage(NoWeights(), config, compute)  # type: ignore[arg-type]
            stage.to("meta")
            for rows in (1, 8, 64):
                for sampler in samplers:
                    for fixed in (False, True):
                        stage.release()
                        stage.open(rows, 1024, 60)
                        admit(stage, rows, sampler=sampler, fixed=fixed)
                        assert stage._blocks is not None
                        with noting() as operations:
                            stage._blocks.run(stage.slots, rows, 1, 300, 1024, stage.static_step)
                        key = (precision, attention, sampler, fixed, min(rows, 2))
                        counts.setdefault(key, launches(operations))
                        assert counts[key] == launches(operations), "hangs on the number of rows"
    assert max(counts.values()) <= 12 * 17 + 90
    assert min(counts.values()) > 12 * 8, "the layers were meant to be in it"


@pytest.mark.usefixtures("_inference")
def test_today_reads_where_a_block_does_not(tiny: Tiny) -> None:
    """The count above would notice a read."""
    stage = semantic_of(tiny, Compute(torch.device("cpu")))
    stage.open(1, 96, 60)
    admit(stage, 1)
    with pytest.raises(HostRead), noting():
        stage.go_on()


@pytest.mark.usefixtures("_inference")
def test_a_pass_of_the_fine_stage_reads_nothing(tiny: Tiny) -> None:
    size = dataclasses.replace(read_config(tiny.folder).fine, num_layers=12)
    config = dataclasses.replace(read_config(tiny.folder), fine=size)
    for precision in ("float32", "float16"):
        compute = Compute(torch.device("meta"), precision, "fused", None, steps="static")
        stage = FineStage(NoWeights(), config, compute)  # type: ignore[arg-type]
        stage.to("meta")
        part = torch.empty(32, 4, dtype=torch.int64, device="meta")
        numbers = torch.empty(2, 32, device="meta")
        with noting() as operations:
            passes = stage._alike(part, 3, numbers, Sampler(0.5), lambda: None)
            for _ in range(2):
                next(passes)
        assert launches(operations) <= 2 * (12 * 16 + 30) + 20
