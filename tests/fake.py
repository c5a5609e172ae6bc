"""A speech engine for tests: the real interface, no model, and no waiting.

What it does is chosen by the text of the first row; any other text is spoken well.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    CompileCost,
    Metrics,
    Progress,
    Report,
    Speech,
    SpeechRequest,
    Take,
    Text,
    TextRequest,
    silent,
)
from engine.errors import UserError
from engine.readings import (
    Compared,
    Comparison,
    ComparisonRequest,
    ScoreRequest,
    Scores,
    TokenScore,
)

SAMPLE_RATE = 24_000
SECONDS = 0.5

FOREVER = "forever"  # reports until it is stopped
CUT = "cut"  # the model does not end the sentence
NOTHING = "nothing"  # a take without a sample
NOT_A_NUMBER = "not a number"  # nan among the samples
REFUSED = "refused"  # raises UserError
BUG = "bug"  # raises something else
SLOWER = "slower"  # in a slower way than was asked for
EARLY = "early"  # delivers sound before the take is finished


def tone(
    seconds: float = SECONDS, sample_rate: int = SAMPLE_RATE, hertz: float = 440.0
) -> NDArray[np.float32]:
    """A sine of half the full level, float32 (samples,)."""
    t = np.arange(round(seconds * sample_rate)) / sample_rate
    return (0.5 * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


class FakeEngine:
    """Speaks every row as the same tone."""

    def __init__(self) -> None:
        self.closed = False
        self.requests: list[SpeechRequest] = []

    def generate(self, request: SpeechRequest, report: Report = silent) -> Speech:
        self.requests.append(request)
        text = request.rows[0].text
        if text == REFUSED:
            raise UserError("this cannot be spoken: say something else")
        for stage in ("semantic", "coarse", "fine"):
            for done in (1, 2, 3):
                report(Progress(stage=stage, done=done, total=3))
            while text == FOREVER:
                report(Progress(stage=stage, done=3, total=3))
            if text == BUG:
                raise RuntimeError("a mistake of ours")
        audio = tone()
        if text == NOTHING:
            audio = audio[:0]
        if text == NOT_A_NUMBER:
            audio[7] = np.nan
        if text == EARLY:
            for piece in np.array_split(audio, 3)[:2]:  # the last one comes with the take
                report(
                    Progress(stage="codec", done=1, total=3, sound=piece, sample_rate=SAMPLE_RATE)
                )
        takes = tuple(self._take(row, audio, text) for row in range(len(request.rows)))
        metrics = Metrics(stages={"load": 9.0, "semantic": 0.75, "fine": 0.25}, host_bytes=1000)
        notes = ("a slower way was taken",) if text == SLOWER else ()
        return Speech(takes=takes, metrics=metrics, choices={"device": "cpu"}, notes=notes)

    def _take(self, row: int, audio: NDArray[np.float32], text: str) -> Take:
        return Take(
            row=row,
            audio=audio,
            sample_rate=SAMPLE_RATE,
            semantic=np.zeros(25, dtype=np.int32),
            coarse=np.zeros((2, 37), dtype=np.int32),
            fine=np.zeros((8, 37), dtype=np.int32),
            ended=text != CUT,
        )

    def close(self) -> None:
        self.closed = True


class SteppedEngine(FakeEngine):
    """Makes one row for each `step`, and reports in between until it is stopped.

    row_seconds: how long the sound of a row is. pieces: how many come before the take does.
    """

    def __init__(self, row_seconds: float = SECONDS, pieces: int = 0) -> None:
        super().__init__()
        self.row_seconds = row_seconds
        self.pieces = pieces
        self.began = threading.Event()  # a request is being worked on
        self._steps = threading.Semaphore(0)

    def step(self, rows: int = 1) -> None:
        """Let it make further rows. Any thread."""
        for _ in range(rows):
            self._steps.release()

    def generate(self, request: SpeechRequest, report: Report = silent) -> Speech:
        self.requests.append(request)
        self.began.set()
        takes = []
        for row, wanted in enumerate(request.rows):
            done = 0
            while not self._steps.acquire(timeout=0.005):
                done = min(done + 1, 99)
                report(Progress(stage="semantic", done=done, total=100, row=row))
            take = self._take(row, tone(self.row_seconds, hertz=440.0 + 110 * row), wanted.text)
            takes.append(take)
            for piece in np.array_split(take.audio, self.pieces + 1)[: self.pieces]:
                early = {"row": row, "sound": piece, "sample_rate": SAMPLE_RATE}
                report(Progress(stage="codec", done=1, total=1, **early))
            rows = len(request.rows)
            report(Progress(stage="rows", done=row + 1, total=rows, row=row, take=take))
        self.began.clear()
        metrics = Metrics(stages={"load": 1.0, "semantic": 0.5, "coarse": 0.3}, host_bytes=2**30)
        return Speech(takes=tuple(takes), metrics=metrics, choices={"device": "cpu"})


class WritingEngine:
    """Writes the words of its prompt, one for each `step`, into every text it was asked for.

    texts: what its answers have beside that. compared, scored: the requests to compare precisions
    and for probabilities, each of which takes a step."""

    def __init__(self) -> None:
        self.requests: list[TextRequest] = []
        self.compared: list[ComparisonRequest] = []
        self.scored: list[ScoreRequest] = []
        self.texts: dict[str, Any] = {}
        self._steps = threading.Semaphore(0)
        self._known: set[str] = set()

    def step(self, words: int = 1) -> None:
        """Let it write further words. Any thread."""
        for _ in range(words):
            self._steps.release()

    def generate(self, request: Any, report: Report = silent) -> Any:
        if isinstance(request, ComparisonRequest):
            return self._compare(request, report)
        if isinstance(request, ScoreRequest):
            return self._score(request, report)
        self.requests.append(request)
        kind = type(request.search).__name__
        cost = (
            CompileCost(hits=2)
            if kind in self._known
            else CompileCost(misses=2, trace=0.25, compile=1.5)
        )
        self._known.add(kind)
        report(Progress(stage="compile", done=1, total=2))
        if request.prompts[0] == REFUSED:
            raise UserError("the prompt is too long: shorten it")
        if request.only_compile:
            none: dict[str, Any] = dict.fromkeys(("texts", "scores", "tokens", "endings"), ())
            return Text(**none, metrics=Metrics(stages={"compile": 1.75}), compiled=cost)
        rows = range(getattr(request.search, "sequences", 1))
        words = request.prompts[0].split()
        for done, word in enumerate(words, start=1):
            while not self._steps.acquire(timeout=0.005):
                report(Progress(stage="decode", done=done - 1, total=len(words)))
            for row in rows:
                piece = {"row": row, "text": word + " "}
                report(Progress(stage="decode", done=done, total=len(words), **piece))
        return Text(
            texts=tuple(" ".join(words) for _ in rows),
            scores=tuple(-1.0 - row for row in rows),
            tokens=tuple(np.arange(len(words), dtype=np.int32) for _ in rows),
            endings=("length",) * len(rows),
            metrics=Metrics(stages={"compile": 1.75, "prefill": 0.1, "decode": 0.4}),
            compiled=cost,
            first_token=0.15,
            **self.texts,
        )

    def _score(self, request: ScoreRequest, report: Report) -> Scores:
        self.scored.append(request)
        while not self._steps.acquire(timeout=0.005):
            report(Progress(stage="prefill", done=0, total=4))
        likeliest = ((" b", 0.5), (" a", 0.25))
        pieces = [" a", "", *["c"] * (len(request.tokens) - 2)]
        tokens = (TokenScore(text=piece, probability=0.25, likeliest=likeliest) for piece in pieces)
        return Scores(tokens=tuple(tokens))

    def _compare(self, request: ComparisonRequest, report: Report) -> Comparison:
        self.compared.append(request)
        while not self._steps.acquire(timeout=0.005):
            report(Progress(stage="prefill", done=30, total=100))
        if REFUSED in request.text:
            raise UserError("there is too little text to compare by: a few sentences are needed")
        figures: dict[str, Any] = {"perplexity": 17.2, "step_bytes": 540_000_000}
        exact = Compared(precision="float32", key_values="float32", **figures)
        figures = {"perplexity": 18.9, "differ": 25, "step_bytes": 90_000_000}
        other = Compared(precision="Q4_1", key_values="float16", **figures)
        none = Compared(precision="int8", key_values="int8", why="graphics cards do without")
        return Comparison(rows=(exact, other, none), tokens=200, left_out=12)

    def close(self) -> None:
        pass
