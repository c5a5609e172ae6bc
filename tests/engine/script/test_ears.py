"""Takes are heard before they count: what is misheard is spoken again, the best is kept."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.api import Cancelled, Progress, Report, Speech, SpeechRequest, silent
from engine.listening.heard import Heard, Word
from engine.script.ears import EarsOfRun, Listener
from engine.script.hearings import NAME, Hearing, Hearings
from engine.script.project import Project
from engine.script.quality import Verdict
from engine.script.recipe import Recipe
from engine.script.render import Renderer
from engine.script.rendering import Rendering, RenderRequest
from engine.script.rows import Script, ScriptRow
from tests.engine.script.recogniser import FakeRecogniser
from tests.engine.script.speaker import RATE, Speaker
from tests.engine.script.test_render import WORDS, maker

BY = "e" * 64
TEXTS = (
    f"{WORDS} first.",
    f"{WORDS} mumbled2 second.",
    f"{WORDS} mumbled third.",
    f"{WORDS} cut1 fourth.",
)
RECIPE = Recipe(takes=3, listen=BY, listener="fake")


def make(folder: Path, recipe: Recipe = RECIPE, texts: tuple[str, ...] = TEXTS) -> Project:
    rows = tuple(ScriptRow(id=f"r{n}", text=text) for n, text in enumerate(texts))
    return Project.create(folder, Script(title="s", rows=rows), recipe, {"": "anna"})


def render(
    project: Project, ears: FakeRecogniser | None, speaker: Speaker | None = None
) -> Rendering:
    listener = None if ears is None else Listener(by=BY, recogniser=ears)
    renderer = Renderer(lambda request: speaker or Speaker(), maker, listener=listener)
    return renderer.generate(RenderRequest(project=project))


def test_what_is_misheard_is_spoken_again_and_the_best_is_kept(tmp_path: Path) -> None:
    project, ears = make(tmp_path / "p"), FakeRecogniser(*TEXTS)
    rendering = render(project, ears)
    first, second, third, fourth = rendering.states
    assert (first.status, first.take) == ("good", 0)
    assert (second.status, second.take) == ("good", 2)
    assert third.status == "failed"
    assert " words not heard: " in str(third.verdict)
    assert (fourth.status, fourth.take) == ("good", 1)  # the signal's own verdict is as before
    assert rendering.made == 1 + 3 + 3 + 2
    assert rendering.heard == 1 + 3 + 3 + 1  # what the signal refuses is not heard
    assert rendering.listening > 0
    # Another program reads the same.
    again = Project(tmp_path / "p")
    assert again.states() == list(rendering.states)
    heard = again.hearings.of(str(first.key), BY)
    assert heard is not None
    assert heard.heard.text == TEXTS[0]
    assert heard.outcome.errors == 0


def test_several_are_heard_at_once(tmp_path: Path) -> None:
    texts = tuple(f"{WORDS} number {n}." for n in range(20))
    project, ears = make(tmp_path / "p", Recipe(), texts), FakeRecogniser(*texts)
    render(project, None)
    project.set_recipe(RECIPE)
    assert render(project, ears).heard == sum(ears.calls) == 20
    assert ears.calls == [8, 8, 4]


@pytest.mark.parametrize("probable", [False, True])
def test_a_take_that_sounds_likelier_is_better(tmp_path: Path, probable: bool) -> None:
    texts = (f"{WORDS} faint0.", f"{WORDS} faint2.", f"{WORDS} faint9.", f"{WORDS} fainter.")
    recipe = dataclasses.replace(RECIPE, probable=probable)
    project, ears = make(tmp_path / "p", recipe, texts), FakeRecogniser(*texts)
    rendering = render(project, ears)
    assert [state.status for state in rendering.states] == ["good"] * 4  # no word is amiss
    assert [state.take for state in rendering.states] == [0, 2, 2, 0]
    assert rendering.made == 1 + 3 + 3 + 3
    again = Project(tmp_path / "p")
    assert again.states() == list(rendering.states)  # it is kept with what was heard


def test_a_project_chooses_as_it_was_begun(tmp_path: Path) -> None:
    """One word that is hardly there, or several that are less clear: a project that was begun when
    the mean of logarithms chose still does."""
    text = " ".join(["word"] * 10)
    words = tuple(Word(f" {word}", n, n + 1.0) for n, word in enumerate(text.split()))
    one, several = (
        Heard(words=words, likely=likely, probable=probable)
        for likely, probable in ((-0.9, 0.78), (-0.6, 0.6))
    )
    sure, unsure = (Heard(words=words, likely=-0.6, probable=p) for p in (0.8, 0.79))
    hearings = Hearings(tmp_path)
    for key, heard in zip("abcd", (one, several, sure, unsure), strict=True):
        hearings.put(key, BY, Hearing.of(text, heard))

    def badness(key: str, *, probable: bool) -> float:
        recipe = Recipe(listen=BY, probable=probable)
        return Hearings(tmp_path).added(Verdict(), key, recipe).badness

    assert badness("a", probable=True) < badness("b", probable=True)
    assert badness("b", probable=False) < badness("a", probable=False)
    assert badness("c", probable=True) == 0 < badness("d", probable=True)
    assert not Recipe().probable  # what an older file does not say


def test_a_slip_of_the_recogniser_is_no_fault_where_what_was_meant_is_probable(
    tmp_path: Path,
) -> None:
    words = tuple(Word(f" {word}", n, n + 1.0) for n, word in enumerate(("check", "the", "room")))
    hearings = Hearings(tmp_path)
    for key, probable in (("slip", 0.63), ("wrong", 0.61), ("unknown", None)):
        hearing = Hearing.of("Check the rum.", Heard(words=words, likely=-0.5, probable=probable))
        hearings.put(key, BY, hearing)

    def verdict(key: str, **asked: bool) -> Verdict:
        return Hearings(tmp_path).added(Verdict(), key, Recipe(listen=BY, probable=True, **asked))

    assert [verdict(key, believed=True).good for key in ("slip", "wrong", "unknown")] == [
        True, False, False
    ]  # fmt: skip
    assert verdict("slip", believed=True).badness > 0  # another take may be better all the same
    assert not verdict("slip").good  # a project that was begun before
    assert not Recipe().believed


def test_a_finished_project_is_heard_later_and_only_what_was_not(tmp_path: Path) -> None:
    project = make(tmp_path / "p", Recipe(takes=3))
    without = render(project, FakeRecogniser(*TEXTS))
    assert without.heard == 0  # its recipe names nobody
    project.set_recipe(dataclasses.replace(project.recipe, listen=BY, listener="fake"))
    later = render(project, FakeRecogniser(*TEXTS))
    there = render(make(tmp_path / "q"), FakeRecogniser(*TEXTS))
    assert [(s.status, s.take) for s in later.states] == [(s.status, s.take) for s in there.states]
    assert later.made == 2 + 2
    ears = FakeRecogniser(*TEXTS)
    speaker = Speaker()
    assert render(project, ears, speaker).heard == 0
    assert ears.calls == []
    assert speaker.rows == []


def test_a_recogniser_that_ends_leaves_the_signals_verdict(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    rendering = render(project, FakeRecogniser(*TEXTS, fails=1))
    assert all(state.settled for state in rendering.states)
    (note,) = rendering.notes
    assert note == ("takes are not heard: the recogniser was ended by the system")
    heard = render(project, FakeRecogniser(*TEXTS))  # later, all of it
    assert [state.take for state in heard.states] == [0, 2, heard.states[2].take, 1]


def test_rows_that_continue_each_other_wait_for_the_ear(tmp_path: Path) -> None:
    texts = (TEXTS[1], TEXTS[0])
    recipe = dataclasses.replace(RECIPE, history="continue")
    project = make(tmp_path / "p", recipe, texts)
    speaker = Speaker()
    ears = FakeRecogniser(TEXTS[1])
    # The second row's voice is the first one's good take, which nobody knew before.
    ears._texts.update(_everything_else(ears))
    rendering = render(project, ears, speaker)
    assert rendering.states[0].take == 2
    good = str(project.store.path(str(rendering.states[0].key)))
    assert [row.voice for row in speaker.rows if row.text.endswith("first.")] == [good]


def _everything_else(ears: FakeRecogniser) -> dict[int, tuple[str, int]]:
    return {
        length: (TEXTS[0], 0) for length in range(20_000, 200_000, 61) if length not in ears._texts
    }


def test_what_is_damaged_counts_as_not_heard(tmp_path: Path) -> None:
    project = make(tmp_path / "p", texts=TEXTS[:1])
    key = str(render(project, FakeRecogniser(TEXTS[0])).states[0].key)
    file = tmp_path / "p" / NAME
    whole = file.read_bytes()
    for damage in (whole[:-20], b"\xff\xfe", b'{"key": 1}\n', b"[]\n", b'{"a"' * 9):
        file.write_bytes(damage)
        again = Project(tmp_path / "p")
        assert again.hearings.of(key, BY) is None
        assert render(again, FakeRecogniser(TEXTS[0])).heard == 1
        assert Project(tmp_path / "p").hearings.of(key, BY) is not None
    values = json.loads(whole)
    assert values["key"] == key
    assert values["sound"]["words"][0][0].strip() == TEXTS[0].split()[0]


@pytest.mark.parametrize("misheard", [-0.1, 1.5])
def test_a_share_is_one(misheard: float) -> None:
    with pytest.raises(ValueError, match="a share of 0 to 1"):
        Recipe(misheard=misheard)
    assert [Recipe(misheard=share).misheard for share in (0, 1)] == [0, 1]


class OneWordOff(FakeRecogniser):
    """Hears one word otherwise in the first takes: fewer than a verdict minds."""

    def __init__(self, *texts: str, first: int) -> None:
        super().__init__(*texts)
        self._first = first

    def _heard(self, length: int, language: str) -> Heard:
        heard = super()._heard(length, language)
        near = min(self._texts, key=lambda known: abs(known - length))
        if self._texts[near][1] >= self._first:
            return heard
        words = list(heard.words)
        words[2] = dataclasses.replace(words[2], text=" otherwise")
        return dataclasses.replace(heard, words=tuple(words))


@pytest.mark.parametrize(("first", "take", "made"), [(0, 0, 1), (2, 2, 3), (9, 0, 3)])
def test_a_doubt_tries_further_takes_and_fails_nobody(
    tmp_path: Path, first: int, take: int, made: int
) -> None:
    project = make(tmp_path / "p", texts=TEXTS[:1])
    rendering = render(project, OneWordOff(TEXTS[0], first=first))
    (state,) = rendering.states
    assert (state.status, state.take, rendering.made) == ("good", take, made)
    assert state.verdict.good
    assert render(project, OneWordOff(TEXTS[0], first=first)).made == 0


class Turn:
    """As Listener.turn; it tells when somebody has to wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waited = threading.Event()

    def __enter__(self) -> None:
        if not self.lock.acquire(blocking=False):
            self.waited.set()
            self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


class OneAtATime(FakeRecogniser):
    """Goes on with its first sounds when somebody else has some."""

    def __init__(self, turn: Turn, *texts: str) -> None:
        super().__init__(*texts)
        self.turn = turn
        self._inside = threading.Lock()

    def hear(
        self, sounds: Sequence[NDArray[np.float32]], language: str, meant: Sequence[str] = ()
    ) -> list[Heard]:
        assert self._inside.acquire(blocking=False), "two are heard at once"
        try:
            assert self.turn.waited.wait(60)
            return super().hear(sounds, language)
        finally:
            self._inside.release()


def test_projects_side_by_side_are_heard_one_at_a_time(tmp_path: Path) -> None:
    turn = Turn()
    listener = Listener(by=BY, recogniser=OneAtATime(turn, *TEXTS), turn=turn)
    projects = [make(tmp_path / name) for name in "ab"]

    def render_one(project: Project) -> None:
        renderer = Renderer(lambda request: Speaker(), maker, listener=listener)
        renderer.generate(RenderRequest(project=project))

    threads = [threading.Thread(target=render_one, args=(project,)) for project in projects]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for project in projects:
        states = project.states()
        assert [state.take for state in states] == [0, 2, states[2].take, 1]
        heard = [s.key is not None and project.hearings.of(s.key, BY) is not None for s in states]
        assert heard == [True] * 4


def test_who_waits_for_the_ear_can_be_stopped_and_is_heard_later(tmp_path: Path) -> None:
    turn, spoken = Turn(), threading.Event()
    turn.lock.acquire()  # another project is heard

    class Whole(Speaker):
        def generate(self, request: SpeechRequest, report: Report = silent) -> Speech:
            speech = super().generate(request, report)
            spoken.set()
            return speech

    def stop(progress: Progress) -> None:
        if spoken.is_set() and turn.waited.is_set():
            turn.lock.release()
            raise Cancelled

    project = make(tmp_path / "p", texts=TEXTS[:1])
    listener = Listener(by=BY, recogniser=FakeRecogniser(*TEXTS), turn=turn)
    renderer = Renderer(lambda request: Whole(), maker, listener=listener)
    with pytest.raises(Cancelled):
        renderer.generate(RenderRequest(project=project), stop)
    assert len(project.store) == 1
    speaker = Speaker()
    assert render(project, FakeRecogniser(*TEXTS), speaker).states[0].status == "good"
    assert speaker.rows == []


def test_what_waits_for_its_turn_is_not_heard_after_the_end(tmp_path: Path) -> None:
    project, turn, recogniser = make(tmp_path / "p", Recipe()), Turn(), FakeRecogniser(*TEXTS)
    state = render(project, None).states[0]
    turn.lock.acquire()
    ears = EarsOfRun(project, Listener(by=BY, recogniser=recogniser, turn=turn))
    ears.ask(0, str(state.key), TEXTS[0])
    assert not ears.ready(0)
    assert turn.waited.wait(60)
    end = threading.Thread(target=ears.close)
    end.start()
    while not ears._over:
        time.sleep(0.001)
    turn.lock.release()
    end.join()
    assert recogniser.calls == []


def test_when_nobody_hears_any_more_all_who_wait_are_told(tmp_path: Path) -> None:
    project, turn = make(tmp_path / "p", Recipe()), Turn()
    states = render(project, None).states
    turn.lock.acquire()
    recogniser = FakeRecogniser(*TEXTS, fails=0)
    ears = EarsOfRun(project, Listener(by=BY, recogniser=recogniser, turn=turn))
    for index, state in enumerate(states):
        ears.ask(index, str(state.key), TEXTS[index])
        assert not ears.ready(0)  # the first is at work, the others wait
    assert ears.poll() == []
    turn.lock.release()
    assert ears.ready(60)
    assert ears.poll() == [0, 1, 2, 3]
    assert (ears.busy, ears.heard) == (False, 0)
    assert ears.why == "the recogniser was ended by the system"
    ears.close()


def test_a_take_is_told_with_its_sound_when_it_was_heard(tmp_path: Path) -> None:
    project, told = make(tmp_path / "p"), list[Progress]()
    listener = Listener(by=BY, recogniser=FakeRecogniser(*TEXTS))
    renderer = Renderer(lambda request: Speaker(), maker, listener=listener)
    states = renderer.generate(RenderRequest(project=project), told.append).states
    takes = {one.row: len(one.take.audio) for one in told if one.take is not None}
    for index in (0, 1, 3):  # the third keeps the best of all, which was not the last one made
        measures = states[index].measures
        assert measures is not None
        assert takes[index] == round(measures.seconds * RATE)
