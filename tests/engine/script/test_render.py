"""Rows become takes: made once, checked, re-rolled, resumed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.api import Cancelled, Progress, Speech
from engine.errors import UserError
from engine.job import Done, Job, Stopped
from engine.script import store as store_module
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import Rendering, RenderRequest
from engine.script.rows import Script, ScriptRow
from engine.script.selection import Choice, Maker, Recipe
from tests.engine.script.speaker import Speaker

WORDS = "The quick brown fox jumps over the lazy dog near row"


def script(*texts: str, **fields: object) -> Script:
    rows = tuple(
        ScriptRow(id=f"r{i}", text=text, **fields)  # type: ignore[arg-type]
        for i, text in enumerate(texts)
    )
    return Script(title="A script", rows=rows)


def numbered(count: int) -> Script:
    return script(*(f"{WORDS} number {i}." for i in range(count)))


def maker(project: Project) -> Maker:
    voices = {name: f"content of {name}" for name in project.voices_in_use()}
    return Maker(model="a model", settings={"precision": "float32"}, voices=voices)


def render(
    project: Project,
    speaker: Speaker,
    report: Callable[[Progress], None] = lambda _: None,
    rows: frozenset[str] | None = None,
) -> Rendering:
    renderer = Renderer(lambda request: speaker, maker)
    return renderer.generate(RenderRequest(project=project, rows=rows), report)


@pytest.fixture
def speaker() -> Speaker:
    return Speaker()


def test_every_row_gets_a_take_and_a_second_run_does_nothing(
    tmp_path: Path, speaker: Speaker
) -> None:
    project = Project.create(tmp_path / "p", numbered(40), voices={"": "anna"})
    done: list[Progress] = []
    first = render(project, speaker, lambda p: done.append(p) if p.stage == "rows" else None)
    assert (first.made, first.reused, first.failed) == (40, 0, ())
    assert [p.done for p in done if p.row >= 0] == list(range(1, 41))
    assert sorted(p.row for p in done if p.row >= 0) == list(range(40))
    assert all(state.status == "good" for state in first.states)
    assert {row.voice for row in speaker.rows} == {"anna"}

    def nobody(request: object) -> Speaker:
        raise AssertionError("an engine was asked for")

    again = Renderer(nobody, maker).generate(RenderRequest(project=Project(tmp_path / "p")))
    assert (again.made, again.reused) == (0, 40)
    assert again.states == first.states


def test_rows_go_to_the_engine_together_the_first_ones_first(
    tmp_path: Path, speaker: Speaker
) -> None:
    """So that one can listen; at the end the longest first: no batch runs long with one row."""
    texts = [f"{'word ' * (3 + i * 7 % 11)}and number {i}." for i in range(30)]
    render(Project.create(tmp_path / "p", script(*texts), voices={"": "anna"}), speaker)
    (request,) = speaker.requests
    spoken = [row.text for row in request.rows]
    assert spoken[:15] == texts[:15]
    assert spoken[15:] == sorted(texts[15:], key=len, reverse=True)


def test_requests_are_bounded(tmp_path: Path, speaker: Speaker) -> None:
    texts = [f"{'word ' * 30}and number {i}." for i in range(80)]
    render(Project.create(tmp_path / "p", script(*texts), voices={"": "anna"}), speaker)
    assert len(speaker.requests) == 3
    for request in speaker.requests:
        assert sum(len(row.text) for row in request.rows) / 14 < 430


def test_only_what_changed_is_made_again(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", numbered(6), voices={"": "anna"})
    render(project, speaker)
    rows = project.script.rows
    project.set_script(
        project.script.replace(rows=(*rows[:2], rows[2].replace(text=f"{WORDS} new."), *rows[3:]))
    )
    speaker.requests.clear()
    assert render(project, speaker).made == 1
    assert [row.text for row in speaker.rows] == [f"{WORDS} new."]
    project.set_script(project.script.replace(rows=rows))  # and back
    assert render(project, speaker).made == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.set_recipe(Recipe(seed=1)),
        lambda p: p.set_recipe(Recipe(max_seconds=9.0)),
        lambda p: p.set_voice("", "ben"),
    ],
)
def test_what_makes_other_tokens_makes_other_takes(
    change: Callable[[Project], None], tmp_path: Path, speaker: Speaker
) -> None:
    project = Project.create(tmp_path / "p", numbered(3), voices={"": "anna"})
    render(project, speaker)
    change(project)
    assert not any(state.settled for state in project.states()) or project.voices[""] == "ben"
    assert render(project, speaker).made == 3


def test_another_model_voice_content_or_precision_makes_other_takes(
    tmp_path: Path, speaker: Speaker
) -> None:
    project = Project.create(tmp_path / "p", numbered(2), voices={"": "anna"})
    makers = [
        Maker(model=model, settings={"precision": precision}, voices={"anna": content})
        for model, precision, content in (
            ("a", "float32", "x"),
            ("b", "float32", "x"),
            ("a", "int8", "x"),
            ("a", "float32", "y"),
        )
    ]
    for number, one in enumerate(makers):
        renderer = Renderer(lambda request: speaker, lambda project, one=one: one)
        if 0 < number < 3:  # another voice is the sheet's business, another maker is on purpose
            with pytest.raises(UserError, match="to go on"):
                renderer.generate(RenderRequest(project=project))
        if number:
            project.speak_anew(one)
        assert renderer.generate(RenderRequest(project=project)).made == 2


def test_equal_rows_are_spoken_once(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", script(*[f"{WORDS}."] * 5), voices={"": "anna"})
    result = render(project, speaker)
    assert result.made == 1
    assert [state.status for state in result.states] == ["good"] * 5


# ── takes that fail ───────────────────────────────────────────────────────────────────────────


def test_a_failed_take_is_made_again_with_the_next_number(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(
        tmp_path / "p", script(f"{WORDS} cut2.", f"{WORDS} loop1.", WORDS), voices={"": "anna"}
    )
    result = render(project, speaker)
    assert [state.take for state in result.states] == [2, 1, 0]
    assert (result.made, result.rerolled, result.failed) == (6, 3, ())


def test_the_best_of_failed_takes_is_kept_and_the_reason_said(
    tmp_path: Path, speaker: Speaker
) -> None:
    # The first take is cut and endless, the two others only endless.
    text = f"{WORDS} endless."
    project = Project.create(tmp_path / "p", script(text, WORDS), voices={"": "anna"})
    result = render(project, speaker)
    failed, good = result.states
    assert (failed.status, good.status) == ("failed", "good")
    assert failed.made == 3
    assert "expected" in failed.verdict.reasons[0]
    assert failed.take is not None
    infos = project.takes("r0")
    assert [info.number for info in infos] == [0, 1, 2]
    assert failed.verdict.badness == min(info.verdict.badness for info in infos)
    assert render(project, speaker).made == 0  # nor is it tried for ever


def test_a_row_that_cannot_be_spoken_leaves_the_others_alone(
    tmp_path: Path, speaker: Speaker
) -> None:
    texts = [f"{WORDS} {i}." for i in range(20)]
    texts[13] = "unspeakable."
    project = Project.create(tmp_path / "p", script(*texts), voices={"": "anna"})
    result = render(project, speaker)
    assert [state.id for state in result.failed] == ["r13"]
    assert "split it" in str(result.failed[0].verdict)
    assert result.failed[0].key is None
    assert result.made == 19
    assert 0 <= result.busy <= 1
    speaker.requests.clear()
    again = render(Project(tmp_path / "p"), speaker)  # nor is it tried in every run
    assert (again.made, again.reused, speaker.requests) == (0, 20, [])
    assert [state.id for state in again.failed] == ["r13"]


def test_rows_whose_voice_was_to_come_from_an_impossible_row(
    tmp_path: Path, speaker: Speaker
) -> None:
    texts = [f"{WORDS} unspeakable.", f"{WORDS} one.", f"{WORDS} two."]
    project = Project.create(tmp_path / "p", script(*texts))
    assert [s.status for s in render(project, speaker).states] == ["failed", "good", "good"]
    assert render(Project(tmp_path / "p"), speaker).made == 0


def test_which_part_of_the_time_is_the_engines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not what is done with its takes meanwhile."""
    clock = [0.0]

    class Slow(Speaker):
        def generate(self, *asked: Any) -> Speech:
            clock[0] += 6
            return super().generate(*asked)

    def report(progress: Progress) -> None:
        clock[0] += 1

    speaker = Slow()
    monkeypatch.setattr("engine.script.render.time", SimpleNamespace(perf_counter=lambda: clock[0]))
    project = Project.create(tmp_path / "p", script(f"{WORDS} cut2."), voices={"": "anna"})
    result = render(project, speaker, report)
    assert len(speaker.requests) == 3
    assert result.busy == pytest.approx(6 * len(speaker.requests) / clock[0])


def test_an_engine_that_can_speak_nothing_is_an_error(tmp_path: Path) -> None:
    class Broken(Speaker):
        calls = 0

        def generate(self, request: object, report: object = None) -> object:  # type: ignore[override]
            self.calls += 1
            raise UserError("the weights are damaged: get the model again")

    broken = Broken()
    project = Project.create(tmp_path / "p", numbered(100), voices={"": "anna"})
    with pytest.raises(UserError, match="weights are damaged"):
        render(project, broken)
    assert broken.calls < 15
    with pytest.raises(UserError, match="weights are damaged"):
        render(Project.create(tmp_path / "q", numbered(1)), broken)


def test_a_jump_in_level_is_seen_when_all_rows_are_there(tmp_path: Path, speaker: Speaker) -> None:
    texts = [f"{WORDS} {i}." for i in range(12)]
    texts[5] = f"{WORDS} loud1."
    project = Project.create(tmp_path / "p", script(*texts), voices={"": "anna"})
    result = render(project, speaker)
    assert result.states[5].take == 1
    assert result.rerolled == 1
    assert project.states() == list(result.states)
    first = next(info for info in project.takes("r5") if info.number == 0)
    assert first.verdict.good or "clipped" in str(first.verdict)  # by itself, without neighbours


# ── what the user decides ─────────────────────────────────────────────────────────────────────


def test_keep_choose_lock_reroll(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(
        tmp_path / "p", script(f"{WORDS} endless.", f"{WORDS} a."), voices={"": "anna"}
    )
    render(project, speaker)
    project.choose("r0", 1)
    assert (project.state("r0").status, project.state("r0").take) == ("kept", 1)
    project.reroll("r1")
    assert project.state("r1").next == 1
    assert render(project, speaker).made == 1
    assert project.state("r1").take == 1
    project.choose("r1", 0)  # the earlier one was better after all
    assert Project(tmp_path / "p").state("r1").take == 0
    project.lock("r1")
    rows = project.script.rows
    project.set_script(project.script.replace(rows=(rows[0], rows[1].replace(text="Other."))))
    assert project.state("r1").status == "locked"
    assert render(project, speaker).made == 0
    project.lock("r1", False)
    assert render(project, speaker).made == 1
    project.keep("r1")
    assert project.state("r1").status == "kept"
    (info,) = project.takes("r1")
    project.lock_take("r1", info.key)
    assert project.choice("r1") == Choice(start=1, take=1, key=info.key, locked=True)
    project.speak_anew(Maker(model="another model"))
    earlier = project.state("r0")
    assert earlier.earlier is not None
    assert earlier.measures == project.store.measures(earlier.earlier)  # of what can be heard
    (info,) = project.takes("r1")
    project.lock_take("r1", info.key)  # made otherwise: it has no number now
    assert project.choice("r1") == Choice(start=1, take=None, key=info.key, locked=True)
    with pytest.raises(UserError, match="no take 100"):
        project.choose("r1", 99)


def test_many_rows_are_decided_at_once(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", numbered(4), voices={"": "anna"})
    render(project, speaker, rows=frozenset({"r0", "r1", "r2"}))
    project.lock_all(["r0", "r1", "r3"])
    statuses = [state.status for state in Project(tmp_path / "p").states()]
    assert statuses == ["locked", "locked", "good", "waiting"]  # r3 has no take to keep
    project.lock_all(["r0"], False)
    project.reroll_all(["r1", "r2", "r3"])
    assert project.choice("r1") == project.choice("r2") == Choice(start=1)  # nor locked any more
    assert project.choice("r3") == Choice()  # what was never made is not passed over
    assert [state.next for state in project.states()] == [None, 1, 1, 0]


def test_rows_can_be_rendered_alone(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", numbered(9), voices={"": "anna"})
    result = render(project, speaker, rows=frozenset({"r4", "r7"}))
    assert [s.id for s in result.states if s.settled] == ["r4", "r7"]
    assert len(speaker.rows) == 2


# ── history ───────────────────────────────────────────────────────────────────────────────────


def test_without_a_voice_the_first_row_gives_it(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", numbered(5))
    render(project, speaker)
    first, *rest = speaker.rows
    assert first.voice is None
    path = str(project.store.path(str(project.state("r0").key)))
    assert {row.voice for row in rest} == {path}
    assert set(np.load(path).files) >= {"semantic_prompt", "coarse_prompt", "fine_prompt"}


def test_a_heading_is_too_short_to_know_a_voice_from(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", script("One.", "Two.", f"{WORDS}.", f"{WORDS} 4."))
    states = render(project, speaker).states
    voices = {row.text: row.voice for row in speaker.rows}
    path = str(project.store.path(str(states[2].key)))
    assert voices == {"One.": path, "Two.": path, f"{WORDS}.": None, f"{WORDS} 4.": path}
    assert speaker.rows[0].text == f"{WORDS}."
    assert all(state.settled for state in Project(tmp_path / "p").states())
    alone = Project.create(tmp_path / "q", script("One.", "Four."))
    render(alone, speaker)
    assert [row.voice is None for row in speaker.rows[-2:]] == [True, False]
    assert speaker.rows[-2].text == "Four."  # the longest there is


def test_continue_goes_row_by_row_and_anchors_start_anew(tmp_path: Path, speaker: Speaker) -> None:
    recipe = Recipe(history="continue", anchor=3)
    project = Project.create(tmp_path / "p", numbered(7), recipe, {"": "anna"})
    result = render(project, speaker)
    voices = {row.text: row.voice for row in speaker.rows}
    wanted = [voices[row.text] for row in project.script.rows]
    keys = [str(project.store.path(str(state.key))) for state in result.states]
    assert wanted == ["anna", keys[0], keys[1], "anna", keys[3], keys[4], "anna"]
    assert len(speaker.requests[0].rows) == 3  # the anchored ones together
    assert render(project, speaker).made == 0
    project.reroll("r1")
    speaker.requests.clear()
    assert render(project, speaker).made == 1  # what continues it stays
    project.reroll("r2")
    speaker.requests.clear()
    assert render(project, speaker).made == 1  # and continues its present take when it is made anew
    assert speaker.rows[0].voice == str(project.store.path(str(project.state("r1").key)))


def test_each_speaker_continues_itself(tmp_path: Path, speaker: Speaker) -> None:
    rows = tuple(ScriptRow(id=str(i), text=f"{WORDS} {i}.", speaker="AB"[i % 2]) for i in range(6))
    project = Project.create(
        tmp_path / "p",
        Script(title="t", rows=rows),
        Recipe(history="continue"),
        {"A": "anna", "B": "ben"},
    )
    states = render(project, speaker).states
    voices = {row.text: row.voice for row in speaker.rows}
    assert voices[rows[0].text] == "anna"
    assert voices[rows[1].text] == "ben"
    assert voices[rows[4].text] == str(project.store.path(str(states[2].key)))


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────


def test_stop_keeps_what_was_finished(tmp_path: Path) -> None:
    speaker = Speaker()
    project = Project.create(tmp_path / "p", numbered(30), voices={"": "anna"})
    job = Job(RenderRequest(project=project))

    def publish(update: object) -> None:
        progress = getattr(update, "progress", None)
        if progress is not None and progress.stage == "rows" and progress.done == 5:
            job.cancel()

    last = job.run(lambda request: Renderer(lambda r: speaker, maker), publish)
    assert isinstance(last, Stopped)
    kept = len(project.store)
    assert 5 <= kept < 30
    job = Job(RenderRequest(project=project))
    last = job.run(lambda request: Renderer(lambda r: speaker, maker), lambda _: None)
    assert isinstance(last, Done)
    assert last.result.made == 30 - kept


def test_a_full_disk_stops_with_a_sentence_and_the_next_run_goes_on(
    tmp_path: Path, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.create(tmp_path / "p", numbered(20), voices={"": "anna"})
    real, count = np.savez, 0

    def savez(file: object, **arrays: object) -> None:
        nonlocal count
        count += 1
        if count > 7:
            file.write(b"some bytes")  # type: ignore[attr-defined]
            raise OSError(28, "No space left on device")
        real(file, **arrays)  # type: ignore[arg-type]

    monkeypatch.setattr(store_module.np, "savez", savez)
    with pytest.raises(UserError, match="no space left"):
        render(project, speaker)
    assert len(project.store) == 7
    assert not list((tmp_path / "p").rglob("*.part"))
    monkeypatch.setattr(store_module.np, "savez", real)
    assert render(Project(tmp_path / "p"), speaker).made == 13


def test_two_runs_at_once_are_refused(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", numbered(3), voices={"": "anna"})
    with project.rendering(), pytest.raises(UserError, match="another run"):
        render(Project(tmp_path / "p"), speaker)
    assert render(project, speaker).made == 3


def test_the_report_may_stop_it_at_once(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", numbered(3), voices={"": "anna"})

    def report(progress: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        render(project, speaker, report)
    assert not speaker.requests


def test_a_project_can_be_moved(tmp_path: Path, speaker: Speaker) -> None:
    np.savez(tmp_path / "anna.npz", semantic_prompt=np.zeros(3))
    project = Project.create(tmp_path / "p", numbered(4), voices={"": str(tmp_path / "anna.npz")})
    render(project, speaker)
    (tmp_path / "p").rename(tmp_path / "elsewhere")
    (tmp_path / "anna.npz").unlink()
    moved = Project(tmp_path / "elsewhere")
    assert all(state.status == "good" for state in moved.states())
    assert render(moved, speaker).made == 0
    moved.reroll("r2")
    assert render(moved, speaker).made == 1
    voice = Path(str(speaker.rows[-1].voice))
    assert voice.is_file()
    assert tmp_path / "elsewhere" in voice.parents


def test_a_damaged_take_is_made_again(tmp_path: Path, speaker: Speaker) -> None:
    project = Project.create(tmp_path / "p", numbered(3), voices={"": "anna"})
    key = str(render(project, speaker).states[1].key)
    path = project.store.path(key)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(UserError, match="made anew"):
        project.store.audio(key)
    assert render(project, speaker).made == 1
    assert project.store.load(key).semantic.dtype == np.int32


@pytest.mark.parametrize("damage", ["delete", "cut", "rubbish"])
def test_the_list_of_takes_is_only_a_shortcut(
    damage: str, tmp_path: Path, speaker: Speaker
) -> None:
    project = Project.create(tmp_path / "p", numbered(8), voices={"": "anna"})
    states = list(render(project, speaker).states)
    listed = tmp_path / "p" / "takes.jsonl"
    if damage == "delete":
        listed.unlink()
    elif damage == "cut":
        listed.write_bytes(listed.read_bytes()[:-30])
    else:
        listed.write_bytes(b"\xff\n[]\n{}\n" + listed.read_bytes()[:200])
    again = Project(tmp_path / "p")
    assert again.states() == states
    again.reroll("r3")
    assert render(again, speaker).made == 1
    assert len(Project(tmp_path / "p").store) == 9


def test_a_project_opens_without_reading_its_takes(
    tmp_path: Path, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.create(tmp_path / "p", numbered(8), voices={"": "anna"})
    states = list(render(project, speaker).states)

    def read(*arguments: object) -> None:
        raise AssertionError("a take was read")

    monkeypatch.setattr(store_module.Store, "_arrays", read)
    assert Project(tmp_path / "p").states() == states


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": 99}', b"\xff"])
def test_what_is_no_project_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "project.json").write_bytes(content)
    with pytest.raises(UserError, match=r"no project|newer Bark Studio"):
        Project(tmp_path)


def test_a_report_names_a_row_or_none(tmp_path: Path, speaker: Speaker) -> None:
    reports: list[Progress] = []
    render(
        Project.create(tmp_path / "p", numbered(2), voices={"": "anna"}), speaker, reports.append
    )
    assert (reports[0].stage, reports[0].row) == ("rows", -1)
    assert {report.row for report in reports if report.stage == "semantic"} <= {0, 1}
