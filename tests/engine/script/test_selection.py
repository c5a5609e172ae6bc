"""What a take is kept under, which take counts, and whose level is compared: no engine, no disk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.api import SpeechSampling, StageSampling
from engine.script.pace import Pace
from engine.script.quality import Measures
from engine.script.rows import ScriptRow
from engine.script.selection import Choice, Maker, Recipe, RowState, Standing

TEXT = "x" * 70  # five seconds
MAKER = Maker(model="a", settings={"precision": "float32"}, voices={"anna": "1", "ben": "2"})
GOOD = Measures(seconds=5.0, loudness=-20.0, ended=True)
LOUD = dataclasses.replace(GOOD, loudness=-2.0)
CUT_WORD = dataclasses.replace(GOOD, end=0.0)
NO_END = dataclasses.replace(GOOD, ended=False)
NOTHING = Measures(refused="too long")


class Takes(dict[str, Measures]):
    """A store of measures alone."""

    def measures(self, key: str) -> Measures | None:
        return self.get(key)

    def takes_of(self, origin: str) -> list[str]:
        return []

    def path(self, key: str) -> Path:
        return Path(key)

    def withheld(self, key: str) -> str:
        return ""


def standing(
    *rows: ScriptRow | str,
    recipe: Recipe | None = None,
    maker: Maker = MAKER,
    voice: str | None = "anna",
    store: Takes | None = None,
    before: Standing | None = None,
) -> Standing:
    made = [
        ScriptRow(id=f"r{i}", text=row) if isinstance(row, str) else row
        for i, row in enumerate(rows)
    ]
    return Standing(
        made,
        recipe=recipe or Recipe(),
        maker=maker,
        store=Takes() if store is None else store,  # type: ignore[arg-type]
        voices=[voice] * len(made),
        choices=[Choice()] * len(made),
        before=before,
    )


def speak(standing: Standing, measured: Callable[[int, int], Measures]) -> list[RowState]:
    """Make every take that is waited for. measured: row, number of the take → its measures."""
    while any(state.next is not None for state in standing.settle_all()):
        for index, state in enumerate(standing.states):
            if state.next is not None:
                key = str(standing.key(index, state.next))
                standing.store[key] = measured(index, state.next)  # type: ignore[index]
    return standing.states


# ── keys ──────────────────────────────────────────────────────────────────────────────────────


def key(row: ScriptRow | str = TEXT, take: int = 0, **options: Any) -> str | None:
    return standing(row, **options).key(0, take)


LIVELY = StageSampling(temperature=0.9)


@pytest.mark.parametrize(
    "other",
    [
        {"row": "y" * 70},
        {"take": 1},
        {"voice": "ben"},
        {"maker": dataclasses.replace(MAKER, model="b")},
        {"maker": dataclasses.replace(MAKER, settings={"precision": "int8"})},
        {"maker": dataclasses.replace(MAKER, voices={"anna": "3"})},
        {"recipe": Recipe(seed=1)},
        {"recipe": Recipe(max_seconds=9.0)},
        {"recipe": Recipe(semantic_tokens=99)},
        {"recipe": Recipe(replacements=f"{TEXT}==y")},
        {"recipe": Recipe(sampling=SpeechSampling(semantic=LIVELY))},
        {"recipe": Recipe(sampling=SpeechSampling(coarse=LIVELY))},
        {"recipe": Recipe(sampling=SpeechSampling(fine=LIVELY))},
        {"recipe": Recipe(sampling=SpeechSampling(min_eos_p=0.2))},
    ],
)
def test_what_makes_other_tokens_has_another_key(other: dict[str, Any]) -> None:
    assert key(**other) not in (None, key())


@pytest.mark.parametrize(
    "same",
    [
        {"row": ScriptRow(id="z", text=TEXT, speaker="ANNA", pause=1.0, heading=True, line=9)},
        {"recipe": Recipe(takes=9)},
        {"recipe": Recipe(replacements="y==z")},
        {"row": "yes", "recipe": Recipe(replacements=f"yes=={TEXT}")},
        {"voice": "ben", "maker": dataclasses.replace(MAKER, voices={"ben": "1"})},
    ],
)
def test_what_makes_the_same_tokens_has_the_same_key(same: dict[str, Any]) -> None:
    assert key(**same) == key()


def test_an_earlier_look_lends_its_keys_to_an_equal_recipe_alone() -> None:
    before = standing(TEXT)
    assert before.key(0, 0) == key()
    for recipe in (Recipe(seed=0), Recipe(seed=1)):
        later = standing(TEXT, recipe=recipe, before=before)
        assert later.key(0, 0) == key(recipe=recipe)


# ── which take counts ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("takes", "best"),
    [
        ((NO_END, CUT_WORD, NO_END), 1),
        ((CUT_WORD, NO_END, NO_END), 0),
        ((NO_END, NO_END, CUT_WORD), 2),
        ((NO_END, CUT_WORD, CUT_WORD), 1),  # the first of equals
        ((NOTHING, NO_END, NOTHING), 1),  # any take is better than none
        ((NOTHING, NOTHING, NOTHING), None),
    ],
)
def test_the_least_bad_of_failed_takes_counts(
    takes: tuple[Measures, ...], best: int | None
) -> None:
    (state,) = speak(standing(TEXT), lambda row, number: takes[number])
    assert (state.status, state.take, state.made) == ("failed", best, 3)
    assert (state.key is None) == (best is None)


def test_the_first_good_take_ends_the_trying() -> None:
    (state,) = speak(standing(TEXT), lambda row, number: (NO_END, GOOD, NO_END)[number])
    assert (state.status, state.take, state.made) == ("good", 1, 2)


def test_what_draws_nothing_is_tried_once() -> None:
    greedy = Recipe(sampling=SpeechSampling.greedy(), takes=3)
    (state,) = speak(standing(TEXT, recipe=greedy), lambda row, number: NO_END)
    assert (state.status, state.take, state.made) == ("failed", 0, 1)
    livelier = dataclasses.replace(
        greedy, sampling=SpeechSampling(semantic=StageSampling(temperature=0.0))
    )
    (state,) = speak(standing(TEXT, recipe=livelier), lambda row, number: NO_END)
    assert state.made == 3


def test_the_level_of_failed_takes_is_compared_with_nothing() -> None:
    failed = dataclasses.replace(NO_END, loudness=-2.0)
    rows = standing(*(f"{TEXT} {i}" for i in range(7)), recipe=Recipe(takes=2))
    states = speak(rows, lambda row, number: failed if row in (1, 2, 3) else GOOD)
    assert [state.status for state in states] == ["good"] + ["failed"] * 3 + ["good"] * 3
    assert [state.made for state in states] == [1, 2, 2, 2, 1, 1, 1]


def test_what_was_compared_is_held_with_the_level_it_was_compared_with() -> None:
    rows = standing(*(f"{TEXT} {i}" for i in range(7)), recipe=Recipe(takes=2))
    speak(rows, lambda row, number: LOUD if (row, number) == (3, 0) else GOOD)
    held = rows.hold({})
    assert [held[f"r{i}"].compared for i in range(7)] == [True] * 7
    assert {held[f"r{i}"].level for i in range(7)} == {GOOD.loudness}


def test_a_row_is_held_to_the_pace_of_its_voice() -> None:
    row, choices = ScriptRow(id="r0", text=TEXT), [Choice()]
    for paces, rate in (([Pace(20.0)], 20.0), ((), Pace().rate)):
        looked = Standing(
            [row],
            recipe=Recipe(),
            maker=MAKER,
            store=Takes(),  # type: ignore[arg-type]
            voices=["anna"],
            choices=choices,
            paces=paces,
        )
        assert looked.pace(0).rate == rate


@pytest.mark.parametrize(("history", "takes"), [("constant", 2), ("continue", 1)])
def test_a_row_that_others_continue_is_not_made_again_for_its_level(
    history: str, takes: int
) -> None:
    rows = standing(*(f"{TEXT} {i}" for i in range(7)), recipe=Recipe(history=history, takes=2))
    states = speak(rows, lambda row, number: LOUD if row == 3 else GOOD)
    assert [state.made for state in states] == [1, 1, 1, takes, 1, 1, 1]


# ── whose voice ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lengths", "parents"),
    [
        ((44, 45, 90), [1, None, 1]),  # the first by which a voice is known
        ((44, 20, 40), [None, 0, 0]),  # none is: the longest
        ((90, 45, 44), [None, 0, 0]),
    ],
)
def test_a_made_up_voice_is_known_from_45_letters(
    lengths: tuple[int, ...], parents: list[int | None]
) -> None:
    assert standing(*("x" * length for length in lengths), voice=None).parents == parents


def test_a_recipe_has_bounds() -> None:
    assert (Recipe(takes=1).takes, Recipe(takes=100).takes) == (1, 100)
    for wrong in ({"takes": 0}, {"takes": 101}, {"anchor": 1}, {"history": "x"}):
        with pytest.raises(ValueError, match=r"has 1 to 100 takes|anchor|history is one of"):
            Recipe(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="N is above 0"):
        Recipe(history="continue", anchor=-1)
