"""`main.py bench speech`: what each optimisation brings on this machine, and what it costs.

Every case speaks one short text into exactly as many semantic tokens as asked for (transformers:
`min_new_tokens` = `max_new_tokens`), greedily, from the same text ids and the same voice, so that
all do the same work. All seconds are wall-clock time of `generate` with the model loaded and warm.
Cases take turns with a reference between them (rounds.py); one of them is the reference once more,
in a process of its own, and says what the machine's noise alone makes of two equal ones. Standard
library only at import.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.bench import peak, results, rounds, work
from engine.bench.cases import Case
from engine.bench.environment import Environment
from engine.bench.judge import Judge
from engine.bench.rounds import Measured, Rounds
from engine.bench.runner import Contender, Pool, Tell, Values
from engine.bench.speech_contender import STAGES, TEXT, TOKENS, WARM_UP, load_witness, request_of
from engine.errors import UserError
from engine.models.fingerprint import model_hash
from engine.settings import Settings
from engine.system.paths import cache_folder

AGAIN = "the reference again"
_OURS = "engine.bench.speech_contender"
_THEIRS = "engine.bench.speech_transformers"
_KEPT = 0.06  # of the minutes, for what comes after the rounds
RANDOM = "bark-small dimensions, random weights"


def random_checkpoint(tell: Tell) -> Path:
    """A checkpoint of bark-small's dimensions with random weights, made once: 1.7 GB."""
    from engine.models.random_weights import write_random

    folder = cache_folder() / "bench" / "bark-small"
    if not folder.is_dir():  # it takes its name when it is complete
        tell(
            f"making a checkpoint of bark-small's dimensions with random weights in {folder} "
            "(once, 1.7 GB) …"
        )
        write_random("bark-small", folder)
    return folder


def measure(
    folder: Path,
    reference: Case,
    cases: Sequence[Case],
    *,
    model: str = "",
    compare: bool = False,
    tokens: int = 256,
    voice: str | None = None,
    loops: int = 5,
    minutes: float | None = None,
    narrow: float = rounds.NARROW,
    judge: Judge | None = None,
    tell: Tell = lambda _: None,
    shown: Callable[[Values], None] = lambda _: None,
) -> Values:
    """Let all cases speak in turns; the report, ready for JSON.

    folder: the checkpoint. model: what the report calls it. compare: measure transformers too.
    tokens: semantic ones of a row. minutes: for everything; what is measured by then counts. loops,
    narrow: see `rounds.interleave`. judge: hears each of ours, after the rounds. shown: given the
    report after every round. What the reference cannot do is refused before any work: UserError.
    """
    until = None if minutes is None else time.monotonic() + 60 * minutes * (1 - _KEPT)
    if compare and importlib.util.find_spec("transformers") is None:
        raise UserError(
            "--compare needs the package transformers: install it with pip install "
            "'transformers>=5.20,<5.24', or leave --compare out"
        )
    if voice is not None and voice.lower().endswith(".npz"):
        voice = str(Path(voice).resolve())
    if why := refusal(folder, reference, voice, tokens):
        raise UserError(why)
    with tempfile.TemporaryDirectory() as witnesses:
        texts = () if judge is None else judge.texts
        make = _Maker(folder, voice, tokens, Path(witnesses), texts)
        first = make.ours(reference)
        contenders = [make.ours(dataclasses.replace(reference, name=AGAIN))]
        contenders += [make.ours(case) for case in cases]
        refused = {case.name: refusal(folder, case, voice, tokens) for case in cases}
        if compare:
            contenders += make.theirs(first.description["device"], [reference, *cases])
        environment = Environment("transformers")
        if environment.warning:
            tell(f"WARNING: {environment.warning}")
        report = _Report(
            environment,
            folder,
            {
                "model": model or str(folder),
                "content": model_hash(folder),
                "text": TEXT,
                "voice": voice,
                "tokens": tokens,
                "warm_up_tokens": min(WARM_UP, tokens),
                "loops": loops,
                "minutes": minutes,
                **({} if judge is None else {"judge": judge.about()}),
                "peak": peak.measure(first.description["device"], tell),
            },
            {name: why for name, why in refused.items() if why},
            [contender.name for contender in contenders],
        )
        with Pool(needs(folder), tell) as pool:
            done = rounds.interleave(
                first,
                [c for c in contenders if not refused.get(c.name)],
                pool=pool,
                loops=loops,
                until=until,
                narrow=narrow,
                tell=tell,
                shown=lambda so_far: shown(report(so_far, None)),
            )
            verdicts = _verdicts(done, pool, tell)
            words = {} if judge is None else judge.hear(done, pool, tell)
    tell("done")
    return report(done, verdicts, words)


def contender(folder: Path, case: Case, tokens: int) -> Contender:
    """A case of ours, for other benchmarks."""
    return _Maker(folder, None, tokens, Path(), ()).ours(case)


def needs(folder: Path) -> int:
    """Bytes of memory that a case of this checkpoint is expected to need."""
    return 2 * sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def device_of(settings: Settings) -> str:
    """Where these settings compute here, as torch calls it. Raises UserError."""
    from engine.bark.engine import choose

    return choose(settings.replace(precision="float32", offload=False)).device.type


def refusal(folder: Path, case: Case, voice: str | None, tokens: int) -> str:
    """Why a case cannot be measured, "" where it can. Loads no weights."""
    from engine.bark.engine import BarkEngine
    from engine.models.hub import fetch_file

    try:
        engine = BarkEngine(folder, case.settings, fetch_file)
        engine.check(request_of(voice, case.rows, tokens))
    except UserError as error:
        return str(error)
    return ""


class _Maker:
    """Makes contenders of cases, each with a file for its witness."""

    def __init__(
        self,
        folder: Path,
        voice: str | None,
        tokens: int,
        witnesses: Path,
        sentences: Sequence[str],
    ) -> None:
        self._common = {"folder": str(folder), "voice": voice, "tokens": tokens}
        self._sentences = list(sentences)
        self._witnesses = witnesses
        self._made = 0

    def ours(self, case: Case) -> Contender:
        return self._contender(
            _OURS,
            case.name,
            side="ours",
            precision=case.settings.precision,
            rows=case.rows,
            device=device_of(case.settings),
            sentences=self._sentences,
            settings=dataclasses.asdict(case.settings),
        )

    def theirs(self, device: str, ours: Sequence[Case]) -> list[Contender]:
        """transformers: plain, with torch's attention, in half precision, offloaded, and with the
        most rows that ours have; what it cannot do is a row as well."""
        half = "bfloat16" if device == "cpu" else "float16"
        most = max(case.rows for case in ours)
        ways: list[tuple[str, Values]] = [
            ("float32", {}),
            ("sdpa", {"attention": "sdpa"}),
            (half, {"precision": half}),
            ("offload", {"offload": True}),
        ]
        if most > 1:
            ways.append((f"{half} · {most} rows", {"precision": half, "rows": most}))
        plain = {"precision": "float32", "attention": "", "offload": False, "rows": 1}
        return [
            self._contender(
                _THEIRS,
                f"transformers {name}",
                **{**plain, "side": "transformers", "device": device, **way},
            )
            for name, way in ways
        ]

    def _contender(self, module: str, name: str, **described: Any) -> Contender:
        self._made += 1
        witness = str(self._witnesses / f"{self._made}.npz")
        return Contender(name, module, {**self._common, **described, "witness": witness})


# ── did they come to the same ─────────────────────────────────────────────────────────────────


def _verdicts(done: Rounds, pool: Pool, tell: Tell) -> dict[str, Values]:
    """By case: what became of its tokens. Cases that made others are asked what they chose from."""
    from engine.bench.same import DIFFERENT, SAME, Verdict, verdict

    reference = done.reference
    expected = reference.runs[0]["tokens"][0]
    found = {}
    seen = None
    for case in done.cases:
        if case.refused or not case.runs:
            continue
        rows = case.runs[0]["tokens"]
        if _work(case.runs[0], rows[0]) != _work(reference.runs[0], expected):
            case.refused = (
                f"it made {_work(case.runs[0], rows[0])}, the reference "
                f"{_work(reference.runs[0], expected)}: they cannot be compared"
            )
            continue
        judged = Verdict(SAME)
        if any(row != expected for row in rows):
            tell(f"{case.case.name}: looking where its tokens part")
            try:
                seen = seen or _witness(reference, pool)
                judged = verdict(seen, _witness(case, pool))
            except UserError:  # it died meanwhile
                judged = Verdict(DIFFERENT)
            if judged.word == SAME:  # the first row; another one has other tokens
                judged = Verdict(DIFFERENT)
        found[case.case.name] = dataclasses.asdict(judged)
    return found


def _witness(measured: Measured, pool: Pool) -> dict[str, Any]:
    pool.start(measured.case)
    pool.run(measured.case, "witness")
    return load_witness(Path(measured.case.description["witness"]))


def _heard(words: Mapping[str, Values], measured: Measured) -> Values:
    name = measured.case.name
    return {"words": words[name]} if name in words else {}


def _work(run: Values, row: Values) -> str:
    sizes = [f"{_size(row[stage])} {stage}" for stage in TOKENS]
    return f"{', '.join(sizes)} tokens and {run['seconds_of_sound']} s of sound"


def _size(tokens: Any) -> int:
    """Count of the numbers in nested lists."""
    return sum(map(_size, tokens)) if isinstance(tokens, list) else 1


# ── figures ───────────────────────────────────────────────────────────────────────────────────


class _Report:
    """Turns rounds into plain values. about: what all cases share. refused: cases that were never
    started, and why. order: names, as they shall stand."""

    def __init__(
        self,
        environment: Environment,
        folder: Path,
        about: Values,
        refused: dict[str, str],
        order: Sequence[str],
    ) -> None:
        from engine.bark.config import read_config

        self._environment, self._about = environment, about
        self._refused, self._order = refused, order
        self._config = read_config(folder)

    def __call__(
        self,
        done: Rounds,
        verdicts: dict[str, Values] | None,
        words: Mapping[str, Values] = MappingProxyType({}),
    ) -> Values:
        """The report. verdicts: None while the rounds go on. words: what was heard, by case."""
        cases = {case.case.name: self._case(case, verdicts or {}) for case in done.cases}
        for name, heard in words.items():
            cases.get(name, {})["words"] = heard
        for name, why in self._refused.items():
            cases[name] = {"name": name, "side": "ours", "refused": why}
        noise = cases.pop(AGAIN)
        return results.report(
            "speech",
            self._environment,
            finished=verdicts is not None,
            **self._about,
            rounds=done.done,
            ended=done.ended,
            started=done.started,
            noise=noise.get("ratio"),
            reference=self._case(done.reference, {}) | _heard(words, done.reference),
            cases=[cases[name] for name in self._order if name in cases],
        )

    def _case(self, measured: Measured, verdicts: dict[str, Values]) -> Values:
        values = results.measured(measured)
        described = measured.case.description
        values["side"] = described["side"]
        if "seconds" not in values:
            return values
        run, name = measured.runs[0], measured.case.name
        stages = {
            stage: statistics.median(run["stages"][stage] for run in measured.runs)
            for stage in STAGES
        }
        sound = run["seconds_of_sound"]
        return {
            **values,
            "precision": described["precision"],
            **({"settings": described["settings"]} if "settings" in described else {}),
            "choices": run["choices"],
            "threads": run["threads"],
            "stages": stages,
            "seconds_of_sound": sound,  # of a row
            "real_time_factor": values["seconds"]["median"] / measured.case.rows / sound,
            "device_bytes": max(run["device_bytes"] for run in measured.runs),
            "achieved": self._achieved(measured, stages, run),
            **({"tokens": verdicts[name]} if name in verdicts else {}),
        }

    def _achieved(self, measured: Measured, stages: Values, run: Values) -> Values:
        """How much of this machine's peak the semantic stage (bytes) and the fine stage
        (operations) use."""
        described, peaks = measured.case.description, self._about["peak"]
        precision = described["precision"]
        frames = len(run["tokens"][0]["fine"][0])
        unpadded = described.get("settings", {}).get("unpadded", False)
        read = work.semantic_bytes(self._config, precision, self._about["tokens"])
        count = measured.case.rows * work.fine_operations(self._config, frames, unpadded=unpadded)
        found = {"bytes_a_second": read / stages["semantic"]}
        found["of_memory"] = found["bytes_a_second"] / peaks["bytes_a_second"]
        arithmetic = work.ARITHMETIC.get(precision, precision)
        if most := peaks["operations_a_second"].get(arithmetic):
            found["operations_a_second"] = count / stages["fine"]
            found["of_arithmetic"] = found["operations_a_second"] / most
        return found
