"""`main.py bench story`: the two texts this program grew out of, run as printed, beside ours.

Three columns: what the text printed on its machine, what its code takes here today (recipes/, in
an environment of its own), and what ours takes. Bark's steps take turns with the text's base case
between them. Standard library only at import.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from engine.bench import results, rounds, speech, text
from engine.bench.cases import Case
from engine.bench.environment import Environment
from engine.bench.rounds import Rounds
from engine.bench.runner import Contender, Pool, Tell, Values, take_turns
from engine.bench.story_environment import python
from engine.settings import Settings

# Step of the text on Bark → what it is, the seconds and GB that the text prints, our settings.
_BARK: dict[str, tuple[str, float | None, float | None, Values, int]] = {
    "base": ("base", 9.384, 1.915, {}, 1),
    "bettertransformer": ("BetterTransformer", 5.433, 1.915, {}, 1),
    "half": ("half precision", 7.000, 2.744, {"precision": "bfloat16"}, 1),
    "offload": ("offload", 8.976, 1.323, {"offload": True}, 1),
    "together": ("all three", 7.450, 0.469, {"precision": "bfloat16"}, 1),
    "batch": ("all three, its three prompts", None, None, {"precision": "bfloat16"}, 3),
}
# Example of the text on XLA → milliseconds that it prints; None where it prints none.
_XLA: dict[str, float | None] = {
    "step eager": 48.8,
    "step first": 3951.0,
    "step later": 1.6,
    "generate eager": None,
    "generate, 4 tokens": 9565.1,
    "generate, 5 tokens": 6815.0,
    "generate, 4 padded to 8": 6815.4,
    "generate, 5 padded to 8": 19.3,
    "num_beams=2, first": 9644.2,
    "num_beams=2, later": None,
    "sampling, first": None,
    "sampling, later": None,
}


def measure(
    folder: Path,
    *,
    model: str = "",
    text_model: str = text.RANDOM,
    tokens: int = 64,
    loops: int = 5,
    minutes: float | None = None,
    tell: Tell = lambda _: None,
) -> Values:
    """Run both texts' code and ours; the report, ready for JSON. The environment must be there.

    folder: a Bark checkpoint. model: what the report calls it. text_model: as for `bench text`.
    tokens: semantic ones of a row. minutes: for Bark's rounds. Raises UserError.
    """
    environment = Environment("tensorflow")
    if environment.warning:
        tell(f"WARNING: {environment.warning}")
    device = speech.device_of(Settings())
    names: list[tuple[str, str, str | None]] = []  # step, the recipe's case, ours
    contenders: list[Contender] = []
    refused: dict[str, str] = {}
    for step, (_, _, _, changes, rows) in _BARK.items():
        described = {"step": step, "folder": str(folder), "device": device, "tokens": tokens}
        recipe = Contender(
            f"as printed: {step}",
            "engine.bench.recipes.bark",
            {**described, "rows": rows},
            python(),
        )
        ours = Settings(batch_size=max(rows, 1), unpadded=False).replace(**changes)
        own = Case(f"ours: {step}", ours, rows)
        contenders.append(recipe)
        if step == "bettertransformer":  # what ours always is
            names.append((step, recipe.name, "ours: base"))
            continue
        names.append((step, recipe.name, own.name))
        if why := speech.refusal(folder, own, None, tokens):
            refused[own.name] = why
        else:
            contenders.append(speech.contender(folder, own, tokens))
    reference, *cases = contenders
    with Pool(speech.needs(folder), tell) as pool:
        until = None if minutes is None else time.monotonic() + 60 * minutes
        done = rounds.interleave(
            reference, cases, pool=pool, loops=loops, until=until, narrow=0, tell=tell
        )
    bark = [_bark_row(done, refused, *named) for named in names]
    return results.report(
        "story",
        environment,
        model=model or str(folder),
        text_model=text_model,
        tokens=tokens,
        rounds=done.done,
        bark=bark,
        xla=_xla_rows(text_model, tell),
    )


def _bark_row(
    done: Rounds, refused: dict[str, str], step: str, recipe: str, ours: str | None
) -> Values:
    name, seconds, gigabytes, _, rows = _BARK[step]
    cases = {case.case.name: case for case in [done.reference, *done.cases]}

    def values(wanted: str | None) -> Values:
        if wanted in refused:
            return {"refused": refused[wanted]}
        return results.measured(cases[wanted]) if wanted in cases else {}

    return {
        "name": name,
        "rows": rows,
        "text": {"seconds": seconds, "gigabytes": gigabytes},
        "recipe": values(recipe),
        "ours": values(ours),
    }


def _xla_rows(name: str, tell: Tell) -> list[Values]:
    """Each example: milliseconds of the text, of its code here, of ours."""
    with text.model_folder(name) as place:
        module = "engine.bench.recipes.xla"
        recipe = Contender("as printed: XLA", module, {"place": str(place)}, python())
        ours = Contender("ours: XLA", text.MODULE, {"side": "story", "place": str(place)})
        found: list[Values] = []
        refusals = []
        for contender in (recipe, ours):
            values, refusal = _examples(contender, tell)
            found.append(values)
            refusals.append(refusal)
    return [
        {
            "name": example,
            "text": printed,
            "recipe": _thousand(found[0].get(example)),
            "ours": _thousand(found[1].get(example)),
            "refused": refusals[0],
        }
        for example, printed in _XLA.items()
    ]


def _examples(contender: Contender, tell: Tell) -> tuple[Values, str]:
    from engine.errors import UserError

    try:
        (only,) = take_turns([contender], 1, text.NEEDS, tell)
    except UserError as error:
        return {}, str(error)
    return only.values["examples"], ""


def _thousand(seconds: Any) -> float | None:
    return None if seconds is None else 1000 * float(seconds)
