"""Texts by the step in C: batches, what is kept between requests, sampling, notes and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import tensorflow as tf

from engine.api import BeamSearch, Cancelled, Greedy, Progress, Sampling, Text, TextRequest
from engine.errors import UserError
from engine.text import precision, search
from engine.text.checkpoint.load import open_source
from engine.text.engine import TextEngine
from engine.text.native import library
from engine.text.native.sampling import choose
from engine.text.writing import random_keys
from tests.engine.text.checkpoint.test_load import write_gguf
from tests.engine.text.tiny import CONTEXT

pytestmark = pytest.mark.skipif(
    library.find().library is None, reason=f"no step in C: {library.find().note}"
)
PROMPTS = ("the path", "To be, or not to be: that is the question", "x")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("native") / "tiny.gguf", "gpt2", "Q8_0")


@pytest.fixture
def engine(place: Path) -> Iterator[TextEngine]:
    engine = TextEngine(place, device="cpu", batch_size=4)
    yield engine
    engine.close()


def write(engine: TextEngine, *prompts: str, new: int = 20, **options: object) -> Text:
    return engine.generate(TextRequest(prompts=prompts, max_new_tokens=new, **options))  # type: ignore[arg-type]


def tokens_of(text: Text) -> list[list[int]]:
    return [tokens.tolist() for tokens in text.tokens]


def test_a_file_is_computed_as_it_lies(engine: TextEngine) -> None:
    text = write(engine, *PROMPTS)
    assert (text.precision, text.notes) == ("Q8_0", ())
    assert text.compiled.misses == text.compiled.hits == 0
    assert text.steps == 20
    assert text.read == sum(len(prompt.replace("th", "t")) for prompt in PROMPTS)
    assert text.step_bytes > 0


@pytest.mark.parametrize("kind", [Greedy(), Sampling(sequences=3, seed=(5, 6), top_k=40)])
def test_a_text_does_not_depend_on_its_batch(
    kind: Greedy | Sampling, engine: TextEngine, place: Path
) -> None:
    together = write(engine, *PROMPTS, search=kind)
    alone = TextEngine(place, device="cpu", batch_size=1)
    separate = [write(alone, prompt, search=kind) for prompt in PROMPTS]
    assert tokens_of(together) == [t for text in separate for t in tokens_of(text)]
    assert together.scores == tuple(score for text in separate for score in text.scores)


def test_what_was_read_is_kept_and_changes_nothing(engine: TextEngine, place: Path) -> None:
    first = write(engine, PROMPTS[1])
    longer = PROMPTS[1] + first.texts[0] + " and so on"
    second = write(engine, longer)
    assert second.kept >= len(PROMPTS[1]) - 4
    assert second.read + second.kept == len(engine.tokenizer.encode(longer))
    fresh = TextEngine(place, device="cpu")
    assert tokens_of(write(fresh, longer)) == tokens_of(second)
    other = write(engine, "y" + PROMPTS[1])
    assert other.kept == 0
    assert tokens_of(other) == tokens_of(write(TextEngine(place, device="cpu"), "y" + PROMPTS[1]))


def test_prompts_that_begin_alike_are_read_once(engine: TextEngine, place: Path) -> None:
    prompts = tuple(f"{PROMPTS[1]}, said {name}" for name in ("Ann", "Bo", "Ann", "Annabel"))
    text = write(engine, *prompts)
    assert text.kept >= 3 * len(PROMPTS[1]) - 12
    alone = [write(TextEngine(place, device="cpu"), prompt) for prompt in prompts]
    assert tokens_of(text) == [t for each in alone for t in tokens_of(each)]


def test_after_stop_the_next_text_is_right(engine: TextEngine, place: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.stage == "decode" and progress.done == 7:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.generate(TextRequest(prompts=PROMPTS[:2], max_new_tokens=20), stop)
    expected = tokens_of(write(TextEngine(place, device="cpu"), *PROMPTS))
    assert tokens_of(write(engine, *PROMPTS)) == expected


def test_stop_strings_penalty_and_the_end_of_the_context(engine: TextEngine) -> None:
    plain = write(engine, "the path", full_length=True)
    stop = plain.texts[0][4:6]
    cut = write(engine, "the path", stop=(stop,), full_length=True)
    assert cut.endings == ("stop",)
    assert cut.texts[0] == plain.texts[0][: plain.texts[0].index(stop)]
    strict = write(engine, "the path", search=Greedy(repetition_penalty=10), full_length=True)
    assert len(set(tokens_of(strict)[0])) > len(set(tokens_of(plain)[0]))
    full = write(engine, "z" * (CONTEXT - 5), new=50, full_length=True)
    assert full.endings == ("context",)
    assert len(full.tokens[0]) == 5
    with pytest.raises(UserError, match="shorten it"):
        write(engine, "z" * CONTEXT)


def test_a_prompt_without_room_is_cut_by_choice_and_told(engine: TextEngine) -> None:
    prompt = "".join(chr(97 + i * i % 26) for i in range(CONTEXT + 40))
    text = write(engine, prompt, new=30, cut=True, full_length=True)
    assert text.notes == (
        f"70 tokens at the beginning of a prompt were left out: the model's context has room for "
        f"{CONTEXT}",
    )
    assert tokens_of(text) == tokens_of(write(engine, prompt[70:], new=30, full_length=True))
    assert text.endings == ("length",)


def test_sampling_has_the_rules_and_random_numbers_of_the_compiled_search() -> None:
    random = np.random.default_rng(8)
    keys = random_keys((3, 4), 2)
    for kind in (
        Sampling(),
        Sampling(temperature=0.4, top_k=5),
        Sampling(top_p=0.6),
        Sampling(top_k=50, top_p=0.9, repetition_penalty=1.4),
        Sampling(temperature=0),
        Greedy(repetition_penalty=1.5),
    ):
        for step in range(20):
            logits = random.normal(0, 3, (1, 500)).astype(np.float32)
            seen = random.random((1, 500)) < 0.2
            ours, gain = choose(logits[0], seen[0], kind, keys[1], step)
            weighted = search.penalise(
                tf.constant(logits), tf.constant(seen), kind.repetition_penalty
            )
            likeliest = tf.argmax(weighted, axis=-1, output_type=tf.int32)
            theirs = likeliest
            if isinstance(kind, Sampling):
                choice = search.Choice(
                    temperature=tf.constant(kind.temperature, tf.float32),
                    top_k=tf.constant(kind.top_k),
                    top_p=tf.constant(kind.top_p, tf.float32),
                    penalty=tf.constant(kind.repetition_penalty, tf.float32),
                    keys=tf.constant(keys[1:]),
                    ends=tf.constant([-1]),
                )
                theirs = search.sample(weighted, likeliest, choice, tf.constant(step))
            assert ours == int(theirs[0]), (kind, step)
            exact = logits[0].astype(np.float64)
            assert gain == pytest.approx(exact[ours] - np.log(np.exp(exact).sum()), abs=1e-4)


def test_a_damaged_model_is_told(engine: TextEngine) -> None:
    with pytest.raises(UserError, match="damaged"):
        choose(
            np.full(9, np.nan, np.float32),
            np.zeros(9, bool),
            Greedy(),
            random_keys((0, 0), 1)[0],
            0,
        )


# ── what computes it ──────────────────────────────────────────────────────────────────────────


def test_the_precision_is_what_was_asked_for_or_told(
    place: Path, folder_of: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = TextEngine(folder_of("llama"), device="cpu", precision="int8")
    assert write(folder, "x", new=2).precision == "int8"
    file, plain = open_source(place), open_source(folder_of("llama"))
    request, beams = (TextRequest(prompts=("x",), search=s) for s in (Greedy(), BeamSearch()))
    assert precision.choose(file, "auto", "cpu", request) == (True, "Q8_0", "")
    assert precision.choose(file, "float32", "cpu", request) == (False, "float32", "")
    assert precision.choose(plain, "auto", "cpu", request) == (False, "float32", "")
    told = precision.choose(file, "auto", "cpu", beams)
    assert told == (
        False,
        "float32",
        "computed in float32, not in the file's own Q8_0: beam search does without",
    )
    with pytest.raises(UserError, match="already"):
        precision.choose(file, "int8", "cpu", request)
    with pytest.raises(UserError, match="graphics cards do without"):
        precision.choose(plain, "int8", "cuda", request)
    with pytest.raises(ValueError, match="none of"):
        TextEngine(place, precision="int4")
    monkeypatch.setattr(library, "find", lambda: library.Found(None, "it needs a C compiler: x"))
    assert precision.choose(file, "auto", "cpu", request).note.endswith("it needs a C compiler: x")
    with pytest.raises(UserError, match="needs a C compiler"):
        precision.choose(plain, "int8", "cpu", request)


def test_a_model_that_does_not_fit_is_refused_before_it_is_loaded(
    place: Path, folder_of: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    free = psutil.virtual_memory()._replace(available=50 * 2**20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    for engine in (TextEngine(place, device="cpu"), TextEngine(folder_of("llama"), device="cpu")):
        with pytest.raises(
            UserError, match=r"needs about 0\.\d GB of memory, and 0\.0 GB are free"
        ):
            write(engine, "x", new=2)
