"""What was measured, into the card of a checkpoint: FOLDER/README.md.

    evaluate.py WORK FOLDER … --json RESULTS
    card.py WORK FOLDER RESULTS

Between `<!-- measured -->` and its end come the English results, the last of each kind; between
`<!-- measured ja -->` and its end the Japanese ones, if there are any; between `<!-- trained -->`
and its end what WORK says of the training. How fast a voice speaks is said of the first one: they
are run beside each other.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from statistics import median
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
HEARD = {
    "en": ("wer", "words heard wrong"),
    "ja": ("cer", "characters of the reading heard wrong"),
}
STAGES = ("semantic", "coarse", "fine", "codec")


def named(what: str) -> str:
    """The name that evaluate.py gives a result, in words."""
    voice, source = what.split(": ", 1)
    who = f"{VOICES[0]}, without a preset" if voice == "no preset" else f"preset `{voice}`"
    if source in STARTS:
        return f"{STARTS[source]} ({who})"
    found = re.fullmatch(r"(?:text|sentence) ([\w-]+) batch (\d+)( unpadded)?", source)
    assert found is not None, what
    rows = "" if found[2] == "1" else f", {found[2]} rows together"
    return f"**{who}**, {found[1]}{rows}{', `--unpadded`' if found[3] else ''}"


def measured(results: list[dict[str, Any]], language: str) -> str:
    """A table of a language, a line for the last result of each name, and what else was said."""
    last = {r["what"]: r for r in results if r.get("language", "en") == language}
    sentences = [result for result in last.values() if "sentence" in result]
    held_out = {what: result for what, result in last.items() if "sentence" not in result}
    unit, heard = HEARD[language]
    accents = ["falls after accents (AUC)"] if language == "ja" else []
    columns = ["held-out sentences", heard, "sounds read wrong", *accents]
    columns += ["real-time factor", "peak memory", "takes"]
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for what, result in held_out.items():
        alone = "rtf" in result and what.startswith("no preset")
        cells = [
            named(what),
            f"{result[unit]} %",
            f"{result['units']} %" if "rtf" in result else "",
        ]
        cells += [str(result.get("accent") or "") for _ in accents]
        cells += [f"{result['rtf']:.2f}", f"{result['MB']} MB"] if alone else ["", ""]
        lines.append("| " + " | ".join([*cells, str(result["takes"])]) + " |")
    spoken = [result for result in held_out.values() if "rtf" in result]
    counts = {key: sum(r[key] for r in spoken) for key in ("no_end", "too_short", "too_long")}
    takes = sum(result["takes"] for result in spoken)
    lines += [
        "",
        f"Of {takes} takes {counts['no_end']} did not end by themselves, {counts['too_short']} "
        f"were under a third of the teacher's length, {counts['too_long']} over three times it.",
    ]
    for sentence in dict.fromkeys(result["sentence"] for result in sentences):
        of = [result for result in sentences if result["sentence"] == sentence]
        said = ", ".join(f"{named(r['what']).replace('*', '')} {_share(r, unit)}" for r in of)
        parts = "moras" if language == "ja" else "words"
        takes = f"{of[0]['takes']} takes of each voice"
        lines += ["", f"Heard of 「{sentence}」 ({takes}), {parts}: {said}."]
    return "\n".join(lines)


def _share(result: dict[str, Any], unit: str) -> str:
    """How much of a sentence is heard. A recogniser that loses itself in one take tells little of
    the others: the take in the middle, and the worst."""
    if "moras" not in result:
        return f"{100 - result[unit]:.1f} %"
    return f"{median(result['moras'])} % (in the worst {min(result['moras'])})"


def trained(work: Path) -> str:
    """Steps of each stage, and what they learned from."""
    steps = []
    for stage in STAGES:
        state = torch.load(work / f"{stage}.pt", weights_only=True, map_location="cpu")
        steps.append(f"{stage} {state['step']}")
    said = [f"Steps: {', '.join(steps)}."]
    for language, name in (("en", ""), ("ja", " in Japanese")):
        kind = shards.kind("rows", language), shards.kind("sound", language)
        rows = sum(len(shards.read(path)) for path in shards.paths(work, kind[0]))
        if not rows:
            continue
        hours = []
        for voice in VOICES:  # by tokens: where codes were prepared elsewhere, there is no sound
            spoken = [
                row for path in shards.paths(work, kind[1], voice) for row in shards.read(path)
            ]
            seconds = sum(sum(row.counts) for row in spoken) / SEMANTIC_RATE
            hours.append(f"{voice} {seconds / 3600:.1f}")
        said.append(
            f"Semantic rows{name}: {rows}. Hours of sound{name} for the other stages: "
            f"{', '.join(hours)}."
        )
    return " ".join(said)


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
    results = [json.loads(line) for line in args.results.read_text(encoding="utf-8").splitlines()]
    card = args.folder / "README.md"
    text = put(card.read_text(encoding="utf-8"), "measured", measured(results, "en"))
    if any(result.get("language") == "ja" for result in results):
        text = put(text, "measured ja", measured(results, "ja"))
    card.write_text(put(text, "trained", trained(args.work)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
