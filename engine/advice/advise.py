"""The adviser: settings for a machine and a model, and on what each word of it rests.

It says what was measured here and what is estimated, and never gives a figure that is neither.
Standard library only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.advice import measured
from engine.advice.facts import Machine, Model, estimate
from engine.advice.measured import Values
from engine.settings import Settings

_BATCHES = (8, 4, 2, 1)  # rows together, the fastest first
_ROOM = 0.8  # of what is free: other programs grow

Basis = Literal["measured", "estimated", "warning", "open"]


@dataclass(frozen=True)
class Advised:
    """An advice, and what it was given for."""

    advice: Advice
    machine: Machine
    model: Model


@dataclass(frozen=True)
class Said:
    """A sentence, and on what it rests: "measured" on this machine, "estimated" from sizes, a
    "warning", or "open": not known yet."""

    basis: Basis
    words: str


@dataclass(frozen=True, kw_only=True)
class Advice:
    """settings: what to choose, and words: the same. bytes, bytes_basis: at the peak. free: bytes
    that can be had where the work is done. times: as fast as the reference (float32, a row at a
    time), None where that was not measured; low, high: with 95 %. fits: whether it does. said: all
    of it in sentences."""

    model: str
    settings: Settings
    words: str
    bytes: int
    bytes_basis: Basis
    free: int
    fits: bool
    times: float | None = None
    low: float | None = None
    high: float | None = None
    tokens: str = ""
    said: tuple[Said, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether a run on this machine stands behind it."""
        return self.times is not None


def advise(machine: Machine, model: Model, reports: Sequence[Values] = ()) -> Advice:
    """reports: of `bench speech` with this model on this machine by this version."""
    known = sorted(filter(measured.of, reports), key=lambda found: str(found["date"]))
    if known and (advice := _by_figures(machine, model, known[-1])) is not None:
        return advice
    advice = _by_sizes(machine, model)
    if not known and any(map(measured.too_short, reports)):
        return dataclasses.replace(advice, said=(*advice.said[:-1], _too_short()))
    return advice


def as_json(advice: Advice) -> dict[str, Any]:
    """Plain values."""
    values = dataclasses.asdict(advice)
    values["said"] = [dataclasses.asdict(said) for said in advice.said]
    return values


# ── by what was measured ──────────────────────────────────────────────────────────────────────


def _by_figures(machine: Machine, model: Model, report: Values) -> Advice | None:
    """The fastest case that fits and keeps what is spoken; None where none does."""
    first = report["reference"]
    free = _free(machine, measured.settings_of(first)["device"])
    fitting = []
    for case in measured.ours(report):
        chosen = measured.settings_of(case)
        refused = any(not machine.can(name, value) for name, value in chosen.items())
        if refused or chosen["long_window"] or chosen["unpadded"] or chosen["early_sound"]:
            continue  # these change more than rounding does: they are the user's to choose
        seen = case.get("ratio", {}).get("seen", "")
        if _bytes(case) <= _ROOM * free and (case is first or seen == "faster"):
            fitting.append(case)
    if not fitting:
        return None
    best = min(fitting, key=lambda case: float(case.get("ratio", {}).get("middle", 1.0)))
    ratio = best.get("ratio")
    # It was measured with padding; whether a precision needs any is no question of speed.
    settings = Settings(**measured.settings_of(best)).replace(unpadded="auto")
    advice = Advice(
        model=model.name,
        settings=settings,
        words=in_words(settings, own_step=machine.own_step),
        bytes=_bytes(best),
        bytes_basis="measured",
        free=free,
        fits=True,
        times=1 / ratio["middle"] if ratio else 1.0,
        low=1 / ratio["high"] if ratio and ratio["high"] else None,
        high=1 / ratio["low"] if ratio and ratio["low"] else None,
        tokens=best.get("tokens", {}).get("word", "") if ratio else "",
    )
    return dataclasses.replace(advice, said=tuple(_figures(machine, advice, report, best)))


def _figures(machine: Machine, advice: Advice, report: Values, case: Values) -> Iterator[Said]:
    yield Said("measured", _takes(advice))
    if case is report["reference"]:
        yield Said("measured", "nothing that was measured here is faster than the reference")
    elif advice.low is not None and advice.high is not None:
        yield Said(
            "measured",
            f"it is {advice.times:.1f} times as fast as {report['reference']['name']}, "
            f"{advice.low:.1f} to {advice.high:.1f} with 95 %",
        )
    else:
        yield Said(
            "measured", f"it is {advice.times:.1f} times as fast as {report['reference']['name']}"
        )
    for other in report["cases"]:
        if other.get("name") == "transformers float32" and "seconds" in other:
            times = other["real_time_factor"] / case["real_time_factor"]
            yield Said("measured", f"it is {times:.1f} times as fast as transformers in float32")
    words = {
        "same tokens": "its tokens are those of the reference",
        "rounding": "its tokens part from the reference's where two were nearly as likely, by "
        "rounding",
        "different": "its tokens are others than the reference's",
    }
    if advice.tokens in words:
        yield Said("measured", words[advice.tokens])
    if report.get("warning"):
        share = f"{(report.get('before') or {}).get('used', 0):.0%}"
        yield Said(
            "warning",
            f"other programs had {share} of the processors meanwhile: measure again when they rest",
        )
    yield from _lacking(machine, advice.settings)


# ── by sizes ──────────────────────────────────────────────────────────────────────────────────


def _by_sizes(machine: Machine, model: Model) -> Advice:
    """Without figures: what is fast where it fits, else what fits."""
    least: tuple[int, Settings, int] | None = None
    for settings in _ways(machine):
        needed, free = estimate(model, settings), _free(machine, settings.device)
        if needed <= _ROOM * free:
            return _estimated(machine, model, settings, needed, free, fits=True)
        if least is None or needed / max(free, 1) < least[0] / max(least[2], 1):
            least = needed, settings, free
    assert least is not None
    needed, settings, free = least
    return _estimated(machine, model, settings, needed, free, fits=False)


def _ways(machine: Machine) -> Iterator[Settings]:
    """From the best to the smallest."""
    base = Settings(device="cpu")
    if machine.device != "cpu":
        card = base.replace(device=machine.device, precision="float16")
        for offload in (False, True):
            if machine.can("offload", offload):
                for rows in _BATCHES:
                    yield card.replace(offload=offload, batch_size=rows)
    precisions = [machine.fast]
    if machine.can("precision", "bfloat16") and machine.fast == "float32":
        precisions.append("bfloat16")  # slower here, and half the weights
    if machine.can("precision", "int8") and machine.fast != "int8":
        precisions.append("int8")
    for precision in precisions:
        for rows in _BATCHES:
            yield base.replace(precision=precision, batch_size=rows)


def _estimated(
    machine: Machine, model: Model, settings: Settings, needed: int, free: int, *, fits: bool
) -> Advice:
    advice = Advice(
        model=model.name,
        settings=settings,
        words=in_words(settings, own_step=machine.own_step),
        bytes=needed,
        bytes_basis="estimated",
        free=free,
        fits=fits,
    )
    return dataclasses.replace(advice, said=tuple(_estimates(machine, advice)))


def _estimates(machine: Machine, advice: Advice) -> Iterator[Said]:
    settings = advice.settings
    if advice.fits:
        yield Said("estimated", _takes(advice))
    else:
        yield Said(
            "warning",
            f"it does not fit: about {_gb(advice.bytes)} are needed and {_gb(advice.free)} are "
            "free: end other programs, or take a smaller model",
        )
    if machine.device != "cpu" and settings.device == "cpu":
        yield Said(
            "warning",
            f"the model does not fit on {machine.card or machine.device}: the processor computes",
        )
    if settings.device == "cpu" and settings.precision not in (machine.fast, "float32"):
        yield Said(
            "warning",
            f"{settings.precision} is chosen for its size: this processor is no faster with it",
        )
    yield from _lacking(machine, settings)
    yield Said("open", "how fast it is here is not known yet: measure it, in a minute")


def why_not(advised: Advised, settings: Settings) -> str:
    """Why other settings will not fit, by an estimate; "" where they will."""
    if settings.precision == "auto":
        return ""
    machine = advised.machine
    if settings.device == "auto":
        settings = settings.replace(device=machine.device)
    if settings.device.startswith("cuda"):
        settings = settings.replace(device="cuda")
    needed, free = estimate(advised.model, settings), _free(machine, settings.device)
    if needed <= free:
        return ""
    return f"about {_gb(needed)} are needed as it is chosen now, and {_gb(free)} are free"


# ── words ─────────────────────────────────────────────────────────────────────────────────────


def _too_short() -> Said:
    return Said(
        "open",
        "what was measured here had too few rounds to compare: measure again when other programs "
        "rest",
    )


def _lacking(machine: Machine, settings: Settings) -> Iterator[Said]:
    if settings.device == "cpu" and not machine.own_step:
        why = machine.refused.get(("kernel", "auto"), "")
        if why:
            yield Said("warning", why)
        else:
            yield Said("warning", "torch alone makes the steps here, which is slower")


def _takes(advice: Advice) -> str:
    needed, free = _gb(advice.bytes), _gb(advice.free)
    if advice.settings.device == "cpu":
        return f"it takes {needed} of memory at its peak, and {free} are free"
    return f"it takes {needed} of the card's memory at its peak, and {free} are free"


def in_words(settings: Settings, *, own_step: bool) -> str:
    """What is to be chosen: "int8, fused attention, own step, 8 rows together". own_step: whether
    it can be built here."""
    parts = [settings.precision, f"{settings.attention} attention"]
    if settings.device == "cpu":
        parts.append("own step" if own_step and settings.kernel == "auto" else "torch's step")
    else:
        parts.insert(0, settings.device)
    parts += ["offload"] if settings.offload else []
    rows = settings.batch_size
    return ", ".join([*parts, f"{rows} rows together" if rows > 1 else "a row at a time"])


def _bytes(case: Values) -> int:
    return int(case.get("device_bytes") or case["peak_bytes"])


def _free(machine: Machine, device: str) -> int:
    return machine.free if device in ("cpu", "auto") else machine.card_free


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
