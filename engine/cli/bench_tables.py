"""The figures of the benchmarks as tables for people. Standard library only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.bench import columns, text
from engine.bench.load import MEDIAN, WORST
from engine.bench.runner import Values
from engine.cli.table import table


def load(report: Values) -> str:
    """The table of `bench load` and its legend."""
    contenders = report["contenders"]
    head = ["", "idle"]
    for beside in contenders[0]["loads"]:
        share = beside["fair_share"]
        head += [
            f"beside {beside['loops']}: median (goal {MEDIAN * share:.1f})",
            f"worst (goal {WORST * share:.1f})",
        ]
    rows = []
    for result in contenders:
        row = [result["name"], f"{result['idle']['median']:.4f} {result['unit']}"]
        for beside in result["loads"]:
            row += [f"{beside['median']:.2f} ×", f"{beside['worst']:.2f} ×"]
        rows.append(row)
    return (
        f"{table(head, rows)}\n\n"
        f"{report['machine']['processor']}, {report['cores']} cores; {report['runs']} runs of "
        "each, in turns; ×: times the idle median; goals: "
        f"{MEDIAN} and {WORST} times the fair share, which is (loops + cores) / cores"
    )


def scripts(figures: Values) -> str:
    """The table of `bench convert`."""
    rows = [
        [
            name,
            f"{figure['seconds']['median']:.1f} s",
            f"{figure['seconds']['median'] / figure['sound']:.2f}" if figure["sound"] else "-",
            f"{figure.get('ratio', 1.0):.2f}",
            f"{100 * figure['busy']['median']:.1f} %",
            f"{figure['peak_bytes'] / 2**20:.0f} MiB",
        ]
        for name, figure in figures.items()
    ]
    lengths = sorted(next(iter(figures.values()))["lengths"])
    middle = lengths[len(lengths) // 2]
    same = all(figure.get("same_lengths", True) for figure in figures.values())
    head = ["rows", "time", "for 1 s of sound", "times as fast", "engine busy", "peak memory"]
    return (
        f"{table(head, rows)}\n{len(lengths)} rows of {lengths[0]} to {lengths[-1]} semantic "
        f"tokens, half of them under {middle}; {'the same' if same else 'NOT the same'} lengths"
    )


def _starts(found: Values) -> str:
    starts = found["starts"]
    lines = [
        found["model"],
        "start     trace s   compile s   ready s   first text s   next text s   private MB",
    ]
    for name, start in zip(("first", "second"), starts, strict=True):
        lines.append(
            f"{name:<8}{start['trace']:9.2f}{start['compile']:12.2f}{start['ready']:10.2f}"
            f"{start['first']:15.2f}"
            f"{start['second']:14.2f}{start['private_bytes'] / 1e6:13.0f}"
        )
    last = starts[-1]
    lines.append(
        f"weights {last['weight_bytes'] / 1e6:.0f} MB · {last['tokens_per_second']:.1f} tokens a "
        f"second, the first after {last['first_token']:.2f} s · private memory is what no file "
        f"backs; with TensorFlow's own library {last['peak_bytes'] / 1e6:.0f} MB are resident"
    )
    return "\n".join(lines)


def _part(part: Values) -> str:
    report = {"parts": [part], "starts": {}, "prompt": 0, "tokens": 0}
    found = columns.text(report)
    return "\n".join([table(found.head, found.rows), *found.notes[:-1]])


def _examples(examples: Values) -> str:
    step = examples["one_step"]

    def span(values: Values, factor: float = 1, digits: int = 0) -> str:
        low, middle, high = (factor * values[name] for name in ("min", "median", "max"))
        return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"

    lines = [
        f"one step, {text.STEPS} fresh processes, median and spread: eager "
        f"{span(step['eager'], 1000)} ms, XLA first {span(step['first'], 1000)} ms, later "
        f"{span(step['later'], 1000, 1)} ms (95 % below {1000 * step['later_95']:.1f}): "
        f"{span(step['ratio'])} times faster after the "
        f"first call; slowest of {text.LATER} later calls against their median "
        f"{span(step['slowest_later'], 1, 2)}, slowest of as many plain reads of memory in between "
        f"{span(step['slowest_read'], 1, 2)}"
    ]
    for kind in ("without_padding", "with_padding"):
        for length, (first, second) in examples[kind].items():
            name = kind.replace("_", " ")
            lines.append(
                f"{name}, {length} tokens: {1000 * first:.0f} ms, then {1000 * second:.0f} ms"
            )
    first, later = examples["beams"]
    lines.append(f"num_beams=2: {1000 * first:.0f} ms, then {1000 * later:.0f} ms")
    lines += [
        f"max_plus_constant, {call['call']}: {1000 * call['seconds']:.1f} ms"
        + ", compiled" * call["compiled"]
        for call in examples["max_plus_constant"]
    ]
    lines.append(
        f"sampling, a new kind of search: {1000 * examples['sampling']:.0f} ms; with a new "
        f"temperature: {1000 * examples['sampling_with_new_temperature']:.0f} ms"
    )
    later = examples["requests"]
    lines.append(
        f"{len(later['all'])} later requests of 64 tokens: {span(later, 1000)} ms, slowest against "
        f"median {later['max'] / later['median']:.2f}"
    )
    return "\n".join(lines)


TEXT: dict[str, Callable[[Any], str]] = {
    "starts": _starts,
    "part": _part,
    "examples": _examples,
}
"""The parts of `bench text`, each as soon as it is measured."""


def together(report: Values) -> str:
    """The table of `bench together`, and what it comes to."""
    rows = [
        [
            step["step"],
            f"{step['seconds']['median']:.2f}" if "seconds" in step else "–",
            f"{step['bytes'] / 1e6:.0f}",
        ]
        for step in report["steps"]
    ]
    return (
        f"{table(['', 'seconds of work', 'MB held'], rows)}\n"
        f"second against first time: writing {report['write_ratio']:.2f}, speaking "
        f"{report['speak_ratio']:.2f}; left behind after writing: "
        f"{report['left_behind'] / 1e6:.0f} MB"
    )
