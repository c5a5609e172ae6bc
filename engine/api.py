"""The shared words of the program: requests, progress, results, and the Engine protocol.

Everything that crosses a thread or a process is a frozen dataclass of plain values and NumPy
arrays. Standard library and NumPy only: no torch, no TensorFlow, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.sampling import GREEDY as GREEDY
from engine.sampling import SEED_LIMIT as SEED_LIMIT
from engine.sampling import BeamSearch as BeamSearch
from engine.sampling import Greedy as Greedy
from engine.sampling import Sampling as Sampling
from engine.sampling import SpeechSampling as SpeechSampling
from engine.sampling import StageSampling as StageSampling


class Cancelled(Exception):
    """Raised out of `report` when nobody wants the result any more. Engines let it pass."""


# ── voices ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceFacts:
    """What a checkpoint says of a voice.

    languages: those that it speaks, ISO 639-1 codes. kind: "woman", "man", or "" where it does not
    say. instead: the preset that speaks in place of one that only an earlier edition had, else "".
    """

    languages: tuple[str, ...] = ()
    kind: str = ""
    instead: str = ""


# ── requests ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechRow:
    """One sentence to speak.

    voice: None for a voice that the model makes up, the name of one of the model's presets, or
    the path of an `.npz` file. seed and take choose the random numbers: equal rows give equal
    tokens, alone or in any batch.
    """

    text: str
    voice: str | None = None
    seed: int = 0
    take: int = 0

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("there is no text to speak: type at least one word")
        if not 0 <= self.seed < SEED_LIMIT:
            raise ValueError(f"a seed is a whole number from 0 to {SEED_LIMIT - 1}")
        if self.take < 0:
            raise ValueError("takes are counted from 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechRequest:
    """Rows to speak together, in one voice or in many.

    max_seconds: cut every row here; None is the checkpoint's own limit.
    semantic_tokens: exactly this many semantic tokens a row, whatever the model says: benchmarks
    need equal work. None lets the model end the sentence.
    """

    rows: tuple[SpeechRow, ...]
    sampling: SpeechSampling = field(default_factory=SpeechSampling)
    max_seconds: float | None = None
    semantic_tokens: int | None = None

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("there is nothing to speak: a request needs at least one row")
        if self.max_seconds is not None and not 0 < self.max_seconds < float("inf"):
            raise ValueError(f"max-seconds is a length above 0 seconds, not {self.max_seconds}")
        if self.semantic_tokens is not None and self.semantic_tokens < 1:
            raise ValueError("the number of semantic tokens must be at least 1")


# ── progress and results ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Metrics:
    """What a request cost. "load" and "compile" are stages like any other.

    stages: seconds of work by stage, in the order in which they were first entered.
    host_bytes: highest resident memory of the process while it ran. device_bytes: highest
    allocation on the accelerator, 0 without one; expected_bytes: what had been foretold of it.
    """

    stages: dict[str, float] = field(default_factory=dict)
    host_bytes: int = 0
    device_bytes: int = 0
    expected_bytes: int = 0

    @property
    def seconds(self) -> float:
        """Work without loading and compiling, in seconds."""
        return sum(s for stage, s in self.stages.items() if stage not in ("load", "compile"))

    def real_time_factor(self, sound: float) -> float:
        """Seconds of work for one second of sound, where there are `sound` seconds of it; below 1
        is faster than speaking."""
        return self.seconds / sound if sound else float("inf")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Take:
    """One spoken row, with every stage's tokens: it can be decoded again, continued, or kept as a
    voice.

    audio: float32 (samples,), −1 … 1. semantic: int32 (S,). coarse: int32 (coarse codebooks, T).
    fine: int32 (codebooks, T). ended: the model itself ended the sentence; a take that ran into
    the length limit was probably cut in the middle of the text.
    """

    row: int
    audio: NDArray[np.float32]
    sample_rate: int
    semantic: NDArray[np.int32]
    coarse: NDArray[np.int32]
    fine: NDArray[np.int32]
    ended: bool

    @property
    def seconds(self) -> float:
        """Length of the sound in seconds."""
        return len(self.audio) / self.sample_rate


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenText:
    """One text that has ended; its fields are those of Text."""

    text: str
    score: float
    tokens: tuple[int, ...]
    ending: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Progress:
    """One step of work. done of total steps of a stage, for one row or for a batch (row −1).
    rows: those that are at work, where they are known; the others wait.

    text: a newly decoded piece of text (text engine). written: this row has ended (text engine in
    this process). take: this row is finished. sound: the next
    samples of this row, float32 (samples,), when a row is streamed before it is finished;
    sample_rate: their rate in Hz.
    """

    stage: str
    done: int
    total: int
    row: int = -1
    rows: tuple[int, ...] = ()
    text: str = ""
    written: WrittenText | None = None
    take: Take | None = None
    sound: NDArray[np.float32] | None = None
    sample_rate: int = 0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Speech:
    """The takes of a SpeechRequest, in the order of its rows, and what they cost.

    choices: what every "auto" of the settings became on this machine. notes: sentences for the
    user on what took a slower way, and why.
    """

    takes: tuple[Take, ...]
    metrics: Metrics
    choices: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of all takes in seconds."""
        return sum(take.seconds for take in self.takes)

    @property
    def real_time_factor(self) -> float:
        """Of the takes as the model made them: Metrics.real_time_factor."""
        return self.metrics.real_time_factor(self.seconds)


Report = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """The report of a caller who wants only the result."""


Request_contra = TypeVar("Request_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)


class Engine(Protocol[Request_contra, Result_co]):
    """Turns one kind of request into one kind of result, on the calling thread.

    `report` is called at every token, pass and row: it shows progress, delivers what is finished,
    and raises Cancelled to stop the work within 0.2 s. An engine is used by one thread at a time.
    """

    def generate(self, request: Request_contra, report: Report = silent) -> Result_co:
        """Do the work. Raises UserError for what the user can mend, Cancelled when stopped."""
        ...

    def close(self) -> None:
        """Give the memory back. The engine is not used afterwards."""
        ...


# ── text generation ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRequest:
    """Prompts to continue together.

    stop: a text ends before the first of these strings. chat: put each prompt into the model's
    chat template; None does it when the model has one. full_length: write all max_new_tokens,
    past the model's end token: benchmarks need equal work. only_compile: compile what such a
    request needs and write nothing. history: what was said before each prompt, as pairs of role
    ("system", "user", "assistant") and text; it asks for a chat. cut: leave out the beginning of a
    prompt that the model's context has no room for, instead of refusing it. precision, key_values:
    of engine.text.choices; None is what the engine was made with. schema: a JSON schema that each
    text has to follow, "" for none.
    """

    prompts: tuple[str, ...]
    search: Greedy | Sampling | BeamSearch = field(default_factory=Greedy)
    max_new_tokens: int = 128
    stop: tuple[str, ...] = ()
    chat: bool | None = None
    full_length: bool = False
    only_compile: bool = False
    history: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    precision: str | None = None
    key_values: str | None = None
    schema: str = ""

    def __post_init__(self) -> None:
        if self.history and self.chat is False:
            raise ValueError("what was said before belongs to a chat: leave --no-chat out")
        for role, _ in self.history:
            if role not in ("system", "user", "assistant"):
                raise ValueError(f"{role} is no role: choose system, user or assistant")
        if not self.prompts:
            raise ValueError("there is nothing to continue: a request needs at least one prompt")
        if not all(prompt.strip() for prompt in self.prompts):
            raise ValueError("the prompt is empty: type at least one word")
        if self.max_new_tokens < 1:
            raise ValueError(f"at least 1 new token must be asked for, not {self.max_new_tokens}")
        if self.schema and (self.full_length or isinstance(self.search, BeamSearch)):
            raise ValueError("JSON by a schema ends by itself, and no beams follow it")
        if not all(self.stop):
            raise ValueError("a stop string is empty: type at least one character or leave it out")


@dataclass(frozen=True, kw_only=True, slots=True)
class CompileCost:
    """What XLA compiled for a request, and what it did not have to.

    hits, misses: compiled functions found ready, and built now, side by side. trace: seconds until
    Python had built their graphs; compile: further seconds until XLA had compiled them all or read
    them from the disk. note: a sentence for the user where compiled code cannot be kept.
    """

    hits: int = 0
    misses: int = 0
    trace: float = 0.0
    compile: float = 0.0
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Text:
    """The texts of a TextRequest: for each prompt in order, its `sequences` texts.

    scores: log-probability of a text divided by its length ** length_penalty (1 without beams);
    beams come best first. tokens: int32 (length,) each, without the end token. endings: "end" (the
    model's end token), "stop" (a stop string), "length" (max_new_tokens), "context" (the model's
    context is full). first_token: seconds from the start of the work, without loading and
    compiling, to the first token.

    precision: the numbers that the products were made of, "float32", "int8", or the types of a GGUF
    file's blocks. notes: sentences for the user on what was computed otherwise than asked for.
    read: tokens of the prompts that were read; kept: those that an earlier request had read. steps:
    how often all texts of a batch got a token; passes: how often the weights were read for the
    prompts; step_bytes: of weights that each of both reads. bandwidth: bytes a second that the
    memory of this machine gives, as measured; 0 where that is not known.
    """

    texts: tuple[str, ...]
    scores: tuple[float, ...]
    tokens: tuple[NDArray[np.int32], ...]
    endings: tuple[str, ...]
    metrics: Metrics
    compiled: CompileCost
    first_token: float = 0.0
    precision: str = "float32"
    notes: tuple[str, ...] = ()
    read: int = 0
    kept: int = 0
    steps: int = 0
    step_bytes: int = 0
    passes: int = 0
    bandwidth: float = 0.0

    @property
    def read_per_second(self) -> float:
        """Tokens of prompts for a second of reading; 0 where nothing was read."""
        seconds = self.metrics.stages.get("prefill", 0.0)
        return self.read / seconds if seconds else 0.0

    @property
    def step_seconds(self) -> float:
        """Seconds in which each text of a batch gets one token; 0 where nothing was written."""
        return self.metrics.stages.get("decode", 0.0) / self.steps if self.steps else 0.0

    @property
    def step_share(self) -> float:
        """What writing took of the memory's bandwidth, for the weights alone; 0 where unknown."""
        return self._share(self.steps, self.metrics.stages.get("decode", 0.0))

    @property
    def read_share(self) -> float:
        """The same of reading the prompts, which many tokens at once make a matter of the cores."""
        return self._share(self.passes, self.metrics.stages.get("prefill", 0.0))

    def _share(self, times: int, seconds: float) -> float:
        possible = self.bandwidth * seconds
        return times * self.step_bytes / possible if possible else 0.0

    @property
    def tokens_per_second(self) -> float:
        """New tokens of all texts for a second of work."""
        count = sum(len(tokens) for tokens in self.tokens)
        return count / self.metrics.seconds if self.metrics.seconds else 0.0
