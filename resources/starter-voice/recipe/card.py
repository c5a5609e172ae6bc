"""What was measured, into the card of a checkpoint: FOLDER/README.md.

    evaluate.py WORK FOLDER … --json RESULTS
    card.py WORK FOLDER RESULTS

Between `<!-- measured -->` and its end come the results, the last of each kind; between
`<!-- trained -->` and its end what WORK says of the training.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import shards
import torch
from layout import SEMANTIC_RATE, VOICES

STARTS = {
    "sound": "the teacher's own sound",
    "codes": "the teacher's codes, through the codec",
    "coarse": "the teacher's coarse codes, fine stage and on",
    "semantic": "the teacher's semantic ids, coarse stage and on",
}
COLUMNS = (
    "held-out sentences",
    "words heard wrong",
    "sounds read wrong",
    "real-time factor",
    "peak memory",
    "takes",
)
STAGES = ("semantic", "coarse", "fine", "codec")


def named(what: str) -> str:
    """The name that evaluate.py gives a result, in words."""
    voice, source = what.split(": ", 1)
    who = f"{VOICES[0]}, without a preset" if voice == "no preset" else f"preset `{voice}`"
    if source in STARTS:
        return f"{STARTS[source]} ({who})"
    found = re.fullmatch(r"text (\w+) batch (\d+)( unpadded)?", source)
    assert found is not None, what
    rows = "" if found[2] == "1" else f", {found[2]} rows together"
    return f"**{who}**, {found[1]}{rows}{', `--unpadded`' if found[3] else ''}"


def measured(results: list[dict[str, Any]]) -> str:
    """A table, a line for the last result of each name."""
    last = {result["what"]: result for result in results}
    lines = [
        "| " + " | ".join(COLUMNS) + " |",
        "|---" * len(COLUMNS) + "|",
    ]
    for what, result in last.items():
        more = ["", "", ""]
        if "rtf" in result:
            more = [f"{result['units']} %", f"{result['rtf']:.2f}", f"{result['MB']} MB"]
        cells = [named(what), f"{result['wer']} %", *more, str(result["takes"])]
        lines.append("| " + " | ".join(cells) + " |")
    spoken = [result for result in last.values() if "rtf" in result]
    counts = {key: sum(r[key] for r in spoken) for key in ("no_end", "too_short", "too_long")}
    takes = sum(result["takes"] for result in spoken)
    lines += [
        "",
        f"Of {takes} takes {counts['no_end']} did not end by themselves, {counts['too_short']} "
        f"were under a third of the teacher's length, {counts['too_long']} over three times it.",
    ]
    return "\n".join(lines)


def trained(work: Path) -> str:
    """Steps of each stage, and what they learned from."""
    steps = []
    for stage in STAGES:
        state = torch.load(work / f"{stage}.pt", weights_only=True, map_location="cpu")
        steps.append(f"{stage} {state['step']}")
    rows = sum(len(shards.read(path)) for path in shards.paths(work, "rows"))
    hours = {}
    for voice in VOICES:  # by their tokens: where codes were prepared elsewhere, there is no sound
        spoken = [row for path in shards.paths(work, "sound", voice) for row in shards.read(path)]
        hours[voice] = sum(sum(row.counts) for row in spoken) / SEMANTIC_RATE / 3600
    said = ", ".join(f"{voice} {value:.1f}" for voice, value in hours.items())
    return (
        f"Steps: {', '.join(steps)}. Semantic rows: {rows}. Hours of sound for the other stages: "
        f"{said}."
    )


def put(text: str, name: str, content: str) -> str:
    """Text between two marks, replaced."""
    marks = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
    assert marks.search(text), f"no place for what was {name}"
    return marks.sub(lambda found: f"{found[1]}{content}\n{found[2]}", text)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path)
    args = parser.parse_args()
    lines = args.results.read_text(encoding="utf-8").splitlines()
    results = [result for line in lines if "wer" in (result := json.loads(line))]  # of English
    card = args.folder / "README.md"
    text = put(card.read_text(encoding="utf-8"), "measured", measured(results))
    card.write_text(put(text, "trained", trained(args.work)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
