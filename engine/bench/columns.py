"""Reports of `bench speech` and `bench text` as rows of words, for terminal and Markdown alike.

Standard library only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.bench.runner import Values
from engine.bench.share import Share

STAGES = ("semantic", "coarse", "fine", "codec")


@dataclass
class Table:
    """head: words above the columns. rows: as many words each. notes: sentences below. above: what
    has to be known before the figures are read."""

    head: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)
    above: str = ""


def speech(report: Values) -> Table:
    """A row for each case, the reference first."""
    on_device = any(case.get("device_bytes") for case in [report["reference"], *report["cases"]])
    head = ["", "latency s", "max. GB", "samples/s", "s for 1 s", *STAGES]
    head += ["of reference's time", "95 %", "tokens", "GB/s", "GOP/s"]
    cases = [report["reference"], *report["cases"]]
    rows = [_row(case, on_device=on_device) for case in cases]
    judge = report.get("judge")
    if judge:
        head += ["words amiss", "against reference"]
        for cells, case in zip(rows, cases, strict=True):
            cells += _words(case.get("words", {}))
    for cells, case in zip(rows[1:], report["cases"], strict=True):
        if case["refused"]:
            cells[1] = "refused"
    notes = [f"{c['name']}: refused: {first_sentence(c['refused'])}" for c in _refused(report)]
    sound = report["reference"].get("seconds_of_sound", 0)
    notes.append(
        f"{report['tokens']} semantic tokens a row are {sound:.2f} s of sound; voice: "
        f"{report['voice'] or 'none'}; {report['rounds']} rounds; latency: a call, whatever the "
        "rows; samples/s counts rows; s for 1 s: seconds of work for one of sound; stages: seconds "
        f"of a call; max.: {'on the accelerator' if on_device else 'resident memory'}, loading "
        "included; GB/s: weights that the semantic stage reads, GOP/s: arithmetic of the fine "
        "stage, with their part of this machine's measured peak"
    )
    if judge:
        notes.append(
            f"words amiss: what {judge['name']} heard otherwise in {judge['sentences']} sentences, "
            "one take of each that nobody chose, with 95 % bounds; against reference: how much "
            "more, in points of a hundred, and where those bounds hold 0 no difference is seen"
        )
    return Table(head, rows, notes, noise(report))


def _words(values: Values) -> list[str]:
    """What was heard of a case: the share, and the difference to the reference."""
    if not values:
        return ["–", "–"]
    difference = values.get("difference")
    return [
        Share(**values["share"]).in_words(),
        "" if difference is None else Share(**difference).as_difference(),
    ]


def text(report: Values) -> Table:
    """A row for each model, search, number of rows and contender."""
    head = ["", "first call s", "later s", "ms a token", "tokens/s", "of XLA's time", "95 %"]
    head += ["same tokens", "max. GB", "XLA pays from"]
    rows, notes = [], []
    for part in report["parts"]:
        title = f"{part['model']} · {part['search']} · {_rows(part['rows'])}"
        for case in [part["reference"], *part["cases"]]:
            rows.append(_text_row(title, case, sampled=part["search"] == "sample"))
            if case["refused"]:
                notes.append(f"{title} · {case['name']}: {first_sentence(case['refused'])}")
    for name, (first, second) in report["starts"].items():
        notes.append(
            f"{name}: a start traces for {first['trace']:.2f} s and compiles for "
            f"{first['compile']:.2f} s; the next one, which finds that on the disk, takes "
            f"{second['trace']:.2f} and {second['compile']:.2f} s"
        )
    notes.append(
        f"prompts of {report['prompt']} tokens, {report['tokens']} new ones a row; first call: "
        "with the model loaded, tracing and compiling included; later: a call, medians; XLA, "
        "restarted: in a process that finds what the first one compiled, so its ratio is the noise "
        "of two equal cases; XLA pays from: the call from which on all calls together took less"
    )
    return Table(head, rows, notes)


def story(report: Values) -> Table:
    """Three columns: the text on its machine, its code here, ours here."""
    head = ["", "the text", "as printed, here", "ours, here", "ours against as printed"]
    rows, notes = [], []
    for row in report["bark"]:
        printed, here, ours = row["text"], row["recipe"], row["ours"]
        rows.append(
            [
                f"Bark: {row['name']}",
                "–"
                if printed["seconds"] is None
                else f"{printed['seconds']:.2f} s, {printed['gigabytes']:.2f} GB",
                _cost(here),
                _cost(ours),
                _against(ours, here),
            ]
        )
        for who, values in (("as printed", here), ("ours", ours)):
            if values.get("refused"):
                notes.append(f"{row['name']}, {who}: {first_sentence(values['refused'])}")
    for row in report["xla"]:
        here, ours = row["recipe"], row["ours"]
        faster = f"{here / ours:.1f}×" if here and ours else "–"
        shown = [_milliseconds(value) for value in (row["text"], here, ours)]
        rows.append([f"XLA: {row['name']}", *shown, faster])
    refused = {row["refused"] for row in report["xla"]} - {""}
    notes += [f"XLA, as printed: {first_sentence(words)}" for words in sorted(refused)]
    notes.append(
        f"the texts measured on NVIDIA cards (TITAN RTX, 3090); here: {report['model']}, "
        f"{report['tokens']} semantic tokens a row, {report['rounds']} rounds; text: "
        f"{report['text_model']}, 32 new tokens; Bark: medians of a call, whatever its rows; XLA: "
        "one call each, in the order of the text. Ours pads by itself, so that lengths share one "
        "compiled function"
    )
    return Table(head, rows, notes)


def _cost(values: Values) -> str:
    if "seconds" not in values:
        return "refused" if values.get("refused") else "–"
    return f"{values['seconds']['median']:.2f} s, {values['peak_bytes'] / 1e9:.2f} GB"


def _against(ours: Values, recipe: Values) -> str:
    if "seconds" not in ours or "seconds" not in recipe:
        return "–"
    return f"{recipe['seconds']['median'] / ours['seconds']['median']:.1f}×"


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def _text_row(title: str, case: Values, *, sampled: bool) -> list[str]:
    name = f"{title} · {case['name']}"
    if "seconds" not in case:
        return [name, "refused", *["–"] * 8]
    ratio, pays = case.get("ratio"), case.get("break_even", 0)
    return [
        name,
        f"{case['first']:.2f}",
        f"{case['seconds']['median']:.2f}",
        f"{case['milliseconds_per_step']:.1f}",
        f"{case['tokens_per_second']:.1f}",
        "1 (reference)" if ratio is None else of_reference(ratio),
        "" if ratio is None else _bounds(ratio),
        # Other generators of random numbers draw other tokens.
        "drawn" if sampled else f"{case['equal']:.1%}",
        f"{case['peak_bytes'] / 1e9:.2f}",
        "never" if pays is None else f"call {pays}" if pays else "",
    ]


def _rows(count: int) -> str:
    return f"{count} row{'s' * (count > 1)}"


def noise(report: Values) -> str:
    """What two equal cases looked like: no difference smaller than that is one."""
    ratio = report.get("noise")
    if not ratio:
        return "noise: not measured"
    return (
        f"noise: the reference against itself, in another process, took {of_reference(ratio)} of "
        f"the time ({between(ratio)})"
    )


def machine(report: Values, *packages: str) -> str:
    """What the figures depend on, in one line."""
    facts = report["machine"]
    versions = [f"{name} {facts[name]}" for name in packages if name in facts]
    date, governor = report["date"][:10], report.get("governor")
    load = [report[when]["load"] for when in ("before", "after") if report.get(when)]
    parts = [facts["processor"], facts["instructions"], facts["memory"].partition(",")[0]]
    parts += [f"clock: {governor}"] if governor else []
    parts += [f"load {' → '.join(f'{x:.1f}' for x in load)}"] if None not in load and load else []
    parts += [f"python {facts['python']}", *versions]
    parts += [f"commit {report['commit']}"] if report.get("commit") else []
    return f"{'; '.join(parts)}; {date}"


def of_reference(ratio: Values) -> str:
    """A ratio with as many digits as it deserves: 0.34, 1.02, 12.3."""
    middle = ratio["middle"]
    return (
        f"{middle:.1f}" if middle >= 10 else f"{middle:.2f}" if middle >= 0.1 else f"{middle:.3f}"
    )


def between(ratio: Values) -> str:
    """Its bounds; a word where fewer rounds were measured than bounds need."""
    if ratio["rounds"] < 2 or ratio["high"] is None:
        return "one round"
    digits = 1 if ratio["middle"] >= 10 else 2 if ratio["middle"] >= 0.1 else 3
    return f"{ratio['low']:.{digits}f}–{ratio['high']:.{digits}f}"


def seen(ratio: Values | None) -> str:
    """What a ratio says in words: "2.9× faster", "no difference seen"."""
    if ratio is None:
        return "–"
    if ratio["seen"] == "faster":
        return f"{1 / ratio['middle']:.1f}× faster"
    if ratio["seen"] == "slower":
        return f"{ratio['middle']:.1f}× slower"
    return str(ratio["seen"])


def first_sentence(words: str) -> str:
    """What a library says in a page, in a sentence."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", words.strip(), maxsplit=1)[0]


def _refused(report: Values) -> list[Values]:
    return [case for case in report["cases"] if case["refused"]]


def _row(case: Values, *, on_device: bool) -> list[str]:
    if "seconds" not in case:
        return [case["name"], *["–"] * (8 + len(STAGES) + 1)]
    ratio = case.get("ratio")
    achieved = case["achieved"]
    memory = case["device_bytes"] if on_device else case["peak_bytes"]
    operations = "–"
    if "operations_a_second" in achieved:
        share = achieved["of_arithmetic"]
        operations = f"{achieved['operations_a_second'] / 1e9:.0f} ({share:.0%})"
    return [
        case["name"],
        f"{case['seconds']['median']:.2f}",
        f"{memory / 1e9:.2f}",
        f"{case['throughput']:.2f}",
        f"{case['real_time_factor']:.3f}",
        *(f"{case['stages'][stage]:.2f}" for stage in STAGES),
        "1 (reference)" if ratio is None else of_reference(ratio),
        "" if ratio is None else _bounds(ratio),
        case.get("tokens", {}).get("word", "–"),
        f"{achieved['bytes_a_second'] / 1e9:.1f} ({achieved['of_memory']:.0%})",
        operations,
    ]


def _bounds(ratio: Values) -> str:
    words = between(ratio)
    if ratio["seen"] == "no difference seen":
        return (
            f"{words}, no difference seen" if ratio["rounds"] >= 5 else f"{words}, too few rounds"
        )
    return words
