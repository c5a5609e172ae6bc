"""What can be switched on and off, as cases to measure: each alone, all together, or every
combination.

Standard library only.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import UserError
from engine.figures.plan import VARIED
from engine.settings import Settings

PRECISIONS = tuple(
    choice
    for option in dataclasses.fields(Settings)
    if option.name == "precision"
    for choice in option.metadata["choices"]
    if choice != "auto"
)
TOGETHER = "all together"

# What `--vary` names → the field of Settings, and its values with their names in the table.
_SWITCHES: dict[str, tuple[str, dict[Any, str]]] = {
    "attention": ("attention", {"fused": "fused attention", "eager": "eager attention"}),
    "step": ("kernel", {"auto": "own step", "torch": "torch's step"}),
    "offload": ("offload", {False: "no offload", True: "offload"}),
    "padding": ("unpadded", {False: "padded", True: "unpadded"}),
    "window": ("long_window", {False: "plain window", True: "long window"}),
}


@dataclass(frozen=True)
class Case:
    """One way to compute. rows: spoken together."""

    name: str
    settings: Settings
    rows: int


def cases(
    base: Settings,
    precisions: Sequence[str],
    batches: Sequence[int],
    *,
    vary: Collection[str] = VARIED,
    cross: bool = False,
) -> tuple[Case, list[Case]]:
    """The reference and what is measured beside it.

    base: the reference's settings, but for precision and batch size, whose first values are the
    reference's. vary: of VARIED. cross: every combination of the varied, instead of each change
    alone, the last precision with the most rows, and all together. Raises UserError for an
    impossible value.
    """
    if base.unpadded == "auto":  # each case is one change, and no precision brings another along
        base = base.replace(unpadded=False)
    choices = _choices(base, precisions, batches, vary)
    first = {name: values[0] for name, values in choices.items()}
    if cross:
        combined = [
            dict(zip(choices, values, strict=True))
            for values in itertools.product(*choices.values())
        ]
        named = [(_name(first, chosen), chosen) for chosen in combined[1:]]
    else:
        named = [
            (_name(first, chosen), chosen)
            for name, values in choices.items()
            for value in values[1:]
            for chosen in [{**first, name: value}]
        ]
        most = {name: max(v) if name == "batch" else v[-1] for name, v in choices.items()}
        fast = {**first, "precision": most["precision"], "batch": most["batch"]}
        all_on = {**most, "attention": first["attention"], "step": first["step"]}
        all_on["offload"] = first["offload"]  # it saves memory, and no processor has it
        for name, chosen in ((_name(first, fast), fast), (TOGETHER, all_on)):
            if chosen not in [known for _, known in named] and chosen != first:
                named.append((name, chosen))
    name = " · ".join(_words(key, first[key]) for key in ("precision", "batch"))
    return _case(base, name, first), [_case(base, name, chosen) for name, chosen in named]


def _choices(
    base: Settings, precisions: Sequence[str], batches: Sequence[int], vary: Collection[str]
) -> dict[str, list[Any]]:
    """What each of VARIED may be, the reference's value first."""
    found: dict[str, list[Any]] = {}
    for name in VARIED:
        if name in _SWITCHES:
            field, words = _SWITCHES[name]
            own = getattr(base, field)
            found[name] = [own, *(value for value in words if value != own)]
        else:
            found[name] = list(precisions if name == "precision" else batches)
        if name not in vary:
            del found[name][1:]
    return found


def _name(first: dict[str, Any], chosen: dict[str, Any]) -> str:
    return " · ".join(_words(name, value) for name, value in chosen.items() if value != first[name])


def _words(name: str, value: Any) -> str:
    if name == "batch":
        return f"{value} row{'s' * (value > 1)}"
    return str(value) if name == "precision" else _SWITCHES[name][1][value]


def _case(base: Settings, name: str, chosen: dict[str, Any]) -> Case:
    changes = {_SWITCHES[key][0]: value for key, value in chosen.items() if key in _SWITCHES}
    changes |= {"precision": chosen["precision"], "batch_size": chosen["batch"]}
    try:
        return Case(name, base.replace(**changes), chosen["batch"])
    except ValueError as error:
        raise UserError(str(error)) from error
