"""BarkEngine: settings to choices, precisions end to end, offload, numbers that overflow."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from engine.api import SpeechRow, SpeechSampling, StageSampling
from engine.bark import device
from engine.bark import engine as module
from engine.bark.engine import BarkEngine, cannot, choose
from engine.bark.kernel import Found, Kernel
from engine.bark.offload import Offload
from engine.bark.sampling import Sampler
from engine.bark.semantic import SemanticRow
from engine.errors import UserError
from engine.settings import Settings
from engine.system.responsiveness import undisturbed
from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import Tiny, assert_legal, assert_same, request, same, say
from tests.engine.bark.tiny import SEMANTIC_VOCAB

WARM = StageSampling(temperature=0.7)
SAMPLED = SpeechSampling(semantic=WARM, coarse=WARM, fine=WARM)


@pytest.mark.parametrize("precision", ["bfloat16", "int8", "int8-weights", "auto"])
def test_precisions_speak(tiny: Tiny, kernel: str, precision: str) -> None:
    """All stages run, tokens are legal, sound is float32 (trap 14), and seeds hold."""
    engine = tiny.engine(kernel=kernel, precision=precision)
    rows = (SpeechRow(text="hello world"), SpeechRow(text="a b", voice="v1/anna"))
    first, second = (say(engine, rows=rows, sampling=SAMPLED) for _ in range(2))
    for take, again in zip(first, second, strict=True):
        assert_legal(take)
        assert take.audio.dtype == np.float32
        assert len(take.semantic) > 5
        assert_same(take, again)


def first_logits(engine: BarkEngine) -> torch.Tensor:
    """What the semantic stage thinks of its first token: float32 (vocabulary,)."""
    assert engine._stages is not None
    stage = engine._stages.semantic
    with torch.inference_mode():
        stage.open(1, 96, 1)
        text = engine.tokenizer("hello world")
        row = SemanticRow(0, text, None, torch.zeros(1), 1, Sampler(0.0))
        stage.admit(row, lambda: None)
        logits = stage.slots.logits[0].clone()
    stage.close()
    return logits


@pytest.mark.parametrize("precision", ["bfloat16", "int8", "int8-weights"])
def test_precisions_are_near(make: Make, kernel: str, precision: str) -> None:
    """From text to the first choice: the logits are those of float32 but for rounding, and the
    token chosen is one that float32 likes as well but for that. The takes are legal."""
    tiny = make(seed=3)
    engines = [tiny.engine(kernel=kernel, precision=p) for p in ("float32", precision)]
    takes = [say(engine, "hello world")[0] for engine in engines]
    for take in takes:
        assert_legal(take)
    exact, rounded = (first_logits(engine) for engine in engines)
    near = 0.25 * float(exact.std())
    assert (rounded - exact).abs().max() < near
    assert exact[takes[1].semantic[0]] > exact.max() - 2 * near


def test_choices(tiny: Tiny) -> None:
    choices = tiny.engine(device="cpu", precision="auto", kernel="auto").choices
    assert choices["device"] == "cpu"
    assert choices["precision"] in ("int8", "bfloat16", "float32")
    assert choices["attention"] == "fused"
    can = Kernel.build() is not None and choices["precision"] in Kernel.TYPES
    assert choices["kernel"] == ("own" if can else "torch")
    assert choices["offload"] == "off"
    assert tiny.engine(kernel="auto", attention="eager").choices["kernel"] == "torch"


@pytest.mark.parametrize("kernel", ["auto", "torch"])
def test_a_slower_way_is_told(tiny: Tiny, kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only to who asked for the faster one, and only where something can be done about it."""
    row = request("hello")

    def notes(found: Found) -> tuple[str, ...]:
        monkeypatch.setattr(Kernel, "find", lambda: found)
        speech = tiny.engine(device="cpu", precision="float32", kernel=kernel).generate(row)
        return speech.notes

    asked = kernel == "auto"
    assert notes(Found(None, "no compiler")) == (("no compiler",) if asked else ())
    assert notes(Found(None, "another processor", by_design=True)) == ()


def test_the_window_hears_why_there_is_no_compiled_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kernel, "find", lambda: Found(None, "another processor", by_design=True))
    assert cannot()["kernel", "auto"] == "another processor"
    monkeypatch.setattr(Kernel, "find", lambda: Found(Kernel.__new__(Kernel), "at each start"))
    assert ("kernel", "auto") not in cannot()


@pytest.mark.parametrize(
    ("vnni", "bf16", "expected"),
    [(True, True, "int8"), (False, True, "bfloat16"), (False, False, "float32")],
)
def test_auto_on_a_processor(
    monkeypatch: pytest.MonkeyPatch, vnni: bool, bf16: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: vnni)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: bf16)
    if expected == "int8" and "fbgemm" not in torch.backends.quantized.supported_engines:
        pytest.skip("processor: torch has fbgemm on x86 alone")
    assert choose(Settings(device="cpu", precision="auto", kernel="torch")).precision == expected


def test_the_own_step_multiplies_in_8_bits_where_torch_cannot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On AVX2 and ARM; the textbook's attention is torch's."""
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(module, "_has_fbgemm", lambda: False)
    monkeypatch.setattr(Kernel, "find", lambda: Found(Kernel.__new__(Kernel), ""))
    assert choose(Settings(device="cpu", precision="auto")).precision == "int8"
    assert choose(Settings(device="cpu", precision="int8")).precision == "int8"
    eager = Settings(device="cpu", precision="auto", attention="eager")
    assert choose(eager).precision == "float32"
    with pytest.raises(UserError, match="int8 needs an x86 processor"):
        choose(Settings(device="cpu", precision="int8", kernel="torch"))


@pytest.fixture
def _no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("_no_accelerator")
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"device": "cuda"}, "no CUDA device.*the device cpu"),
        ({"device": "mps"}, "no MPS device.*the device cpu"),
        ({"precision": "float16"}, "float16 needs CUDA or MPS.*bfloat16"),
        ({"offload": True}, "offload needs an accelerator"),
    ],
)
def test_what_a_processor_cannot_do(tiny: Tiny, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        BarkEngine(tiny.folder, Settings(**settings))


@pytest.fixture
def _one_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(device, "_works", lambda index: "")


@pytest.mark.usefixtures("_one_card")
def test_int8_on_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """int8 has no product there; int8-weights where this torch has it."""
    with pytest.raises(UserError, match=r"int8 is made for processors.*float16 on cuda"):
        choose(Settings(precision="int8"))
    monkeypatch.setattr(module, "has_int8_product", lambda index: False)
    with pytest.raises(UserError, match=r"no int8-weights for this card.*float16"):
        choose(Settings(precision="int8-weights"))
    monkeypatch.setattr(module, "has_int8_product", lambda index: True)
    compute = choose(Settings(precision="int8-weights"))
    assert (compute.device.type, compute.activations) == ("cuda", torch.bfloat16)


@pytest.mark.usefixtures("_one_card")
def test_how_a_card_steps() -> None:
    """As captured graphs, but for who asks for torch alone, and where stages come and go."""
    assert choose(Settings()).steps == "captured"
    assert choose(Settings(offload=True)).steps == "captured"
    assert choose(Settings(offload=True, early_sound=True)).steps == "static"
    assert choose(Settings(kernel="torch")).steps == "one"
    assert choose(Settings(device="cpu")).steps == "one"


def test_auto_takes_the_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_works", lambda index: "")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    compute = choose(Settings())
    assert (compute.device.type, compute.steps) == ("mps", "static")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    compute = choose(Settings(precision="auto"))
    assert (compute.device.type, compute.precision, compute.kernel) == ("cuda", "float16", None)


# ── offload ───────────────────────────────────────────────────────────────────────────────────


def test_trap_16_one_stage_at_a_time(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trap 16. Each stage moves in once for all rows (here to where it is already), its cache is
    there no longer than it is, and the tokens are the same."""
    entered: list[str] = []
    caches: list[tuple[bool, bool]] = []
    enter = Offload.enter

    def spy(self: Offload, stage: nn.Module) -> None:
        if self._inside is not stage:
            entered.append(type(stage).__name__)
            assert engine._stages is not None
            caches.append(
                (engine._stages.semantic.cache is None, engine._stages.coarse.cache is None)
            )
        enter(self, stage)

    monkeypatch.setattr(Offload, "enter", spy)
    engine = tiny.engine(batch_size=2)
    engine.settings = engine.settings.replace(offload=True)  # which __init__ refuses on a processor
    texts = ("hello", "a b", "one", "two", "three")
    for _ in range(2):
        takes = say(engine, *texts)
        assert engine._offload is not None
        for text, take in zip(texts[:2], takes, strict=False):
            assert_same(take, tiny.reference(text))
        assert entered == ["SemanticStage", "CoarseStage", "FineStage", "CodecStage"]
        assert caches == [(True, True)] * 4
        entered.clear()
        caches.clear()
    plain = say(tiny.engine(batch_size=2), *texts)
    assert all(same(a, b) for a, b in zip(takes, plain, strict=True))
    engine.close()
    assert engine._offload is None


def test_early_sound_with_offload_is_cut_as_without(tiny: Tiny) -> None:
    """Then stages come and go at every piece: a row keeps its cache while its stage is away."""
    engine = tiny.engine(batch_size=2, early_sound=True)
    engine.settings = engine.settings.replace(offload=True)
    texts = ("hello", "a b", "one")
    plain = say(tiny.engine(batch_size=2, early_sound=True), *texts)
    assert all(same(a, b) for a, b in zip(say(engine, *texts), plain, strict=True))


@pytest.mark.parametrize("offload", [False, True])
def test_closing_gives_the_weights_back_without_a_search_for_garbage(
    tiny: Tiny, offload: bool
) -> None:
    """Beside a window garbage is looked for later, on its thread."""
    engine = tiny.engine()
    engine.settings = engine.settings.replace(offload=offload)
    with undisturbed():
        say(engine, "hello")
        assert engine._stages is not None
        weights = [weakref.ref(p) for p in (*engine._stages.coarse.buffers(),)]
        engine.close()
        assert weights
        assert [weight for weight in weights if weight() is not None] == []


@pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA: needs a device")
@pytest.mark.parametrize("attention", ["fused", "eager"])
@pytest.mark.parametrize("offload", [False, True])
def test_cuda(tiny: Tiny, attention: str, offload: bool) -> None:
    """float32 tokens are those of the processor; float16 speaks."""
    options = {"device": "cuda", "attention": attention, "offload": offload}
    for text, take in zip(
        ("hello", "a b"), say(tiny.engine(**options), "hello", "a b"), strict=True
    ):
        assert_same(take, tiny.reference(text))
    assert_legal(say(tiny.engine(**options, precision="float16"), "hello", voice="v1/anna")[0])


# ── numbers that overflow ─────────────────────────────────────────────────────────────────────


def overflow(part: str) -> Any:
    def edit(model: Any) -> None:
        stage = getattr(model, part)
        stage.layers[1].mlp.out_proj.weight.fill_(3e38)

    return edit


@pytest.mark.parametrize("part", ["semantic", "coarse_acoustics", "fine_acoustics"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_trap_14_overflow_in_a_stage(make: Make, kernel: str, part: str, precision: str) -> None:
    """Trap 14. A sentence, and never a token drawn from nan."""
    broken = make(edit=overflow(part))
    mend = "get the model again" if precision == "float32" else "--precision float32"
    with pytest.raises(UserError, match=f"overflowed in {precision}.*{mend}"):
        say(broken.engine(kernel=kernel, precision=precision), "hello")


def test_trap_14_overflow_in_the_codec(make: Make) -> None:
    """Trap 14."""

    def edit(model: Any) -> None:
        for layer in model.codec_model.quantizer.layers:
            layer.codebook.embed.fill_(3e38)

    with pytest.raises(UserError, match="overflowed"):
        say(make(edit=edit).engine(), "hello")


@pytest.mark.parametrize("stage", ["semantic", "coarse_acoustics"])
def test_trap_14_overflow_after_the_prompt(make: Make, kernel: str, stage: str) -> None:
    """Trap 14. A prompt that is fine, and tokens whose embeddings are not."""

    def edit(model: Any) -> None:
        table = getattr(model, stage).input_embeds_layer.weight
        ids = slice(0, SEMANTIC_VOCAB) if stage == "semantic" else slice(SEMANTIC_VOCAB, 164)
        table[ids] = float("nan")

    with pytest.raises(UserError, match="overflowed"):
        say(make(edit=edit).engine(kernel=kernel), "hello")


def test_settings_are_looked_at_before_files(tiny: Tiny) -> None:
    """Nothing is loaded by building an engine."""
    engine = module.BarkEngine(tiny.folder, Settings())
    assert engine._stages is None


def test_metrics_of_a_request(tiny: Tiny) -> None:
    engine = tiny.engine()
    speech = engine.generate(request("hello", "a b"))
    assert list(speech.metrics.stages) == ["load", "semantic", "coarse", "fine", "codec"]
    assert all(seconds >= 0 for seconds in speech.metrics.stages.values())
    assert speech.metrics.seconds == pytest.approx(
        sum(s for name, s in speech.metrics.stages.items() if name != "load")
    )
    assert speech.metrics.host_bytes > 10**7
    assert speech.metrics.device_bytes == 0
    assert speech.choices == engine.choices


# ── memory that cannot be had ─────────────────────────────────────────────────────────────────


def test_out_of_memory_is_a_sentence(
    tiny: Tiny, kernel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Caches that no machine has room for, and the engine speaks again afterwards."""
    engine = tiny.engine(kernel=kernel, precision="int8")
    say(engine, "hello")
    assert engine._stages is not None
    decoder = engine._stages.coarse.decoder
    cache = type(decoder).cache
    monkeypatch.setattr(
        type(decoder), "cache", lambda self, rows, positions: cache(self, rows, 2**44)
    )
    with pytest.raises(UserError, match=r"memory does not suffice.*together \(2\): speak fewer"):
        say(engine, "hello", "a b")
    monkeypatch.undo()
    assert_legal(say(engine, "hello")[0])


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")]
)
def test_out_of_memory_in_any_words(
    tiny: Tiny, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise error

    engine = tiny.engine()
    monkeypatch.setattr(BarkEngine, "_load", fail)
    with pytest.raises(UserError, match=r"together \(1\): speak fewer rows"):
        say(engine, "hello")


def test_other_errors_stay_what_they_are(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(BarkEngine, "_load", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        say(tiny.engine(), "hello")
