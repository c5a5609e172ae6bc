"""Words that are cut off a take: where, what is left, and that nothing else changes by it."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UserError
from engine.listening.heard import Heard, Word
from engine.listening.marks import marked_words
from engine.script.hearings import Hearing
from engine.script.project import Project
from engine.script.quality import Measures
from engine.script.recipe import Recipe
from engine.script.trims import (
    Trim,
    can_begin,
    cut,
    kept,
    kept_seconds,
    kept_text,
    marks_kept,
)
from tests.engine.script.speaker import Speaker
from tests.engine.script.test_render import render, script

TEXT = "The harbour, was lit all night."
KEY, OTHER, BY = "a" * 40, "b" * 40, "content of whisper-base"
MEASURES = Measures(seconds=4.0, lead=0.5, tail=0.4, loudness=-20.0, peak=0.5)


def heard(*words: tuple[str, float, float]) -> Heard:
    return Heard(words=tuple(Word(f" {text}", start, end) for text, start, end in words))


HEARD = heard(
    ("the", 0.5, 0.9),
    ("harbour", 1.0, 1.5),
    ("was", 1.52, 1.8),
    ("lit", 1.8, 2.2),
    ("all", 2.5, 2.8),
    ("night", 2.9, 3.4),
    ("um", 3.45, 3.6),
)


def trimmed(begin: int | None, end: int | None, before: Trim | None = None) -> Trim:
    return cut(before, KEY, TEXT, HEARD, MEASURES, begin=begin, end=end)


def test_a_take_is_cut_in_the_gap_between_two_words() -> None:
    for begin, end, start, stop, text in (
        (1, None, 0.97, None, "harbour, was lit all night."),  # 30 ms before
        (2, None, 1.5, None, "was lit all night."),  # as far as the word before
        (3, None, 1.8, None, "lit all night."),  # there is no gap
        (0, None, 0.47, None, TEXT),
        (None, 3, None, 2.23, "The harbour, was lit"),
        (None, 1, None, 1.52, "The harbour,"),
        (None, 5, None, 3.43, TEXT),  # what was said besides goes
        (4, 4, 2.47, 2.83, "all"),
    ):
        trim = trimmed(begin, end)
        assert (trim.key, trim.begin, trim.end, trim.text) == (KEY, start, stop, text)
        assert kept_text(TEXT, trim) == text


def test_one_side_after_the_other_and_never_nothing() -> None:
    trim = trimmed(None, 4, trimmed(1, None))
    assert (trim.begin, trim.end, trim.text) == (0.97, 2.83, "harbour, was lit all")
    behind = trimmed(5, None, trim)
    assert (behind.begin, behind.end, behind.text) == (2.87, None, "night.")
    before = trimmed(None, 0, trim)
    assert (before.begin, before.end, before.text) == (None, 0.93, "The")
    other = trimmed(None, 4, dataclasses.replace(trim, key=OTHER))
    assert (other.begin, other.text) == (None, "The harbour, was lit all")  # of another take


def test_words_that_do_not_sound_are_no_place_to_cut() -> None:
    found = heard(
        ("the", 0.5, 0.9),
        ("old", 1.0, 1.2),
        ("harbour", 1.3, 1.5),
        ("was", 1.5, 1.8),
        ("lit", 1.8, 2.2),
        ("all", 2.2, 2.5),
    )
    words = marked_words(TEXT, found, *kept(MEASURES))
    fitting = [word.text.strip() for word in words if can_begin(word)]
    assert fitting == ["The", "harbour,", "was", "lit", "all"]
    for number, word in enumerate(words):
        if not can_begin(word):
            with pytest.raises(UserError, match="was not heard where the text has it"):
                cut(None, KEY, TEXT, found, MEASURES, begin=number)
        elif word.text.startswith("harbour"):  # numbers count what was said besides
            assert cut(None, KEY, TEXT, found, MEASURES, begin=number).begin == 1.27
    with pytest.raises(UserError, match="no word 99"):
        cut(None, KEY, TEXT, found, MEASURES, end=98)


def test_what_is_left_is_known_to_the_word_and_to_the_second() -> None:
    words = marked_words(TEXT, HEARD, *kept(MEASURES))
    assert [word.besides for word in words] == [False] * 6 + [True]
    assert kept(MEASURES) == pytest.approx((0.47, 3.63))
    for begin, end, left, seconds in (
        (1, 3, [False, True, True, True, False, False, False], (0.97, 2.23)),
        (None, 5, [True] * 6 + [False], (0.47, 3.43)),
        (2, None, [False, False, True, True, True, True, True], (1.5, 3.63)),
    ):
        trim = trimmed(begin, end)
        assert marks_kept(TEXT, words, trim) == left
        assert kept(MEASURES, trim) == pytest.approx(seconds)
        assert kept_seconds(MEASURES, trim) == pytest.approx(seconds[1] - seconds[0])
    assert marks_kept(TEXT, words, None) == [True] * 7
    assert kept_text("Another text that is spoken alike", trimmed(1, 3)).startswith("Another")
    twice = heard(("no", 0.5, 1.0), ("no", 1.0, 1.5), ("no", 1.5, 2.0))
    middle = cut(None, KEY, "No, no, no.", twice, MEASURES, begin=1, end=1)
    marks = marked_words("No, no, no.", twice, *kept(MEASURES))
    assert marks_kept("No, no, no.", marks, middle) == [False, True, False]


def test_japanese_is_cut_at_its_characters() -> None:
    text = "港は、明るい。"
    words = tuple(Word(c, 0.5 + n / 4, 0.75 + n / 4) for n, c in enumerate("港は明るい"))
    trim = cut(None, KEY, text, Heard(words=words, language="ja"), MEASURES, begin=2)
    assert (trim.begin, trim.text) == (1.0, "明るい。")


# ── in a project ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two rows, the first of which was heard word by word."""
    made = Project.create(tmp_path / "p", script(TEXT, "Nobody had slept."), Recipe(listen=BY))
    render(made, Speaker())
    hear(made)
    return made


def hear(project: Project) -> None:
    """The take of the first row is heard as it was meant, a word as long as the other."""
    state = project.states()[0]
    assert state.key is not None
    assert state.measures is not None
    begin, end = state.measures.lead, state.measures.seconds - state.measures.tail
    times = pairwise(np.linspace(begin, end, len(TEXT.split()) + 1).tolist())
    words = tuple(Word(f" {w}", *time) for w, time in zip(TEXT.split(), times, strict=True))
    project.hearings.put(state.key, BY, Hearing.of(TEXT, Heard(words=words)))


def test_a_trim_changes_nothing_but_what_is_used(project: Project) -> None:
    before = project.states()
    files = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    project.trim("r0", begin=1)
    project.trim("r0", end=4)
    for again in (project, Project(project.folder)):
        states = again.states()
        assert states[0].trim is not None
        assert kept_text(TEXT, states[0].trim) == "harbour, was lit all"
        assert dataclasses.replace(states[0], trim=None) == before[0]
        assert states[1] == before[1]
    speaker = Speaker()
    render(project, speaker)
    assert speaker.rows == []
    for path, data in files.items():
        assert path.name in ("choices.json", "held.json") or path.read_bytes() == data
    project.untrim("r0")
    assert project.states() == before
    assert json.loads((project.folder / "choices.json").read_text())["r0"].keys() == {
        "start", "take", "key", "locked",
    }  # fmt: skip


def test_a_trim_belongs_to_one_take(project: Project) -> None:
    project.trim("r0", begin=1)
    first = project.state("r0")
    project.lock("r0")
    assert project.state("r0").trim == first.trim
    project.reroll("r0")
    assert project.state("r0").trim is None  # it has no take
    render(project, Speaker())
    assert project.state("r0").key != first.key
    assert project.state("r0").trim is None
    project.choose("r0", first.take or 0)
    assert project.state("r0").trim == first.trim


def test_without_the_times_of_words_there_is_no_trim(project: Project) -> None:
    with pytest.raises(UserError, match="row r1 was not heard"):
        project.trim("r1", begin=1)
    project.set_recipe(dataclasses.replace(project.recipe, listen=""))
    with pytest.raises(UserError, match="row r0 was not heard"):
        project.trim("r0", begin=1)
    project.reroll("r0")
    with pytest.raises(UserError, match="row r0 has no take yet"):
        project.trim("r0", begin=1)


def test_a_trim_that_is_none_costs_no_other(project: Project) -> None:
    project.trim("r0", begin=1)
    project.lock("r1")
    path = project.folder / "choices.json"
    stored = json.loads(path.read_text())
    good = stored["r0"]["trim"]
    for bad in (
        7,
        {**good, "key": "../../x"},
        {**good, "begin": -1.0},
        {**good, "begin": 2.0, "end": 1.0},
        {**good, "at": -1},
        {**good, "text": 5},
        {**good, "begin": "1"},
    ):
        path.write_text(json.dumps({**stored, "r0": {**stored["r0"], "trim": bad}}))
        read = Project(project.folder)
        assert read.notes
        assert read.choice("r0").trim is None
        assert read.state("r1").status == "locked"
    path.write_text(json.dumps({**stored, "r0": {**stored["r0"], "trim": None}}))
    assert Project(project.folder).notes == []
    path.write_text(json.dumps({**stored, "r0": {**stored["r0"], "of tomorrow": 1}}))
    assert Project(project.folder).choice("r0").trim is not None
