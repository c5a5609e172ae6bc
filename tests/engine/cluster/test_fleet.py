"""Rows go out to nodes that die, refuse and lag, and the store ends as one machine's."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.api import (
    Cancelled,
    Progress,
    Report,
    Speech,
    SpeechRequest,
    SpeechRow,
    SpeechSampling,
)
from engine.cluster.fleet import Fleet
from engine.cluster.fleet import Speaker as FleetSpeaker
from engine.cluster.node import Node
from engine.cluster.orders import How, Made, Order, Refused, Result
from engine.cluster.rendering import FleetRenderer
from engine.errors import UserError
from engine.job import More
from engine.script.ears import Listener
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import Rendering, RenderRequest
from engine.script.rows import Script, ScriptRow
from engine.script.selection import Maker, Recipe
from engine.spoken import openjtalk
from tests.engine.cluster.threads import Threads, fleet_of, speaking
from tests.engine.script import test_ears
from tests.engine.script.recogniser import FakeRecogniser
from tests.engine.script.speaker import Speaker

TEXTS = (
    *(f"The quick brown fox jumps over the lazy dog near row number {i}." for i in range(14)),
    "This one is cut2 at first and good after two more tries of the same row.",
    "This one is loud1 at first, so that it is spoken once more.",
    "And the quick brown fox jumps over the lazy dog near row number 3.",
)


def script(*texts: str) -> Script:
    rows = tuple(ScriptRow(id=f"r{i}", text=text) for i, text in enumerate(texts))
    return Script(title="A script", rows=rows)


def maker(project: Project) -> Maker:
    voices = {name: f"content of {name}" for name in project.voices_in_use()}
    return Maker(model="a model", settings={"precision": "float32"}, voices=voices)


def contents(project: Project) -> dict[str, str]:
    """Key of each take → a hash of its arrays; what it is called in a request does not count."""
    found = {}
    for key in project.store.keys:
        take = project.store.load(key)
        digest = hashlib.sha256()
        for array in (take.audio, take.semantic, take.coarse, take.fine):
            digest.update(np.ascontiguousarray(array).tobytes())
        found[key] = digest.hexdigest()
    return found


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def cluster(tmp_path: Path) -> Threads:
    (tmp_path / "nodes").mkdir()
    return Threads(tmp_path / "nodes")


@pytest.fixture
def fleet(cluster: Threads, said: list[str]) -> Iterator[Fleet]:
    fleet = fleet_of(cluster, said)
    yield fleet
    fleet.close()


def render(
    fleet: Fleet, project: Project, report: Callable[[Progress], None] = lambda _: None
) -> Rendering:
    renderer = FleetRenderer(fleet.speaker, maker)
    try:
        return renderer.generate(RenderRequest(project=project), report)
    finally:
        renderer.close()


def on_one_machine(folder: Path, *texts: str, recipe: Recipe | None = None) -> Project:
    project = Project.create(folder, script(*texts), recipe)
    Renderer(lambda request: Speaker(), maker).generate(RenderRequest(project=project))
    return project


@pytest.mark.parametrize("history", ["constant", "continue"])
def test_the_store_is_that_of_one_machine(
    tmp_path: Path, fleet: Fleet, cluster: Threads, history: str
) -> None:
    recipe = Recipe(history=history)
    one = on_one_machine(tmp_path / "one", *TEXTS, recipe=recipe)
    for name in ("a", "b", "c"):
        cluster.join(name)
    project = Project.create(tmp_path / "many", script(*TEXTS), recipe)
    rendering = render(fleet, project)
    assert not rendering.failed
    assert contents(project) == contents(one)
    assert [s.key for s in project.states()] == [s.key for s in one.states()]
    assert rendering.rerolled == 3
    status = {node.name: node for node in fleet.status().nodes}
    assert sum(node.rows for node in status.values()) == rendering.made
    assert sum(node.seconds for node in status.values()) == pytest.approx(rendering.seconds)


def test_a_voice_that_a_nodes_disk_does_not_take_refuses_its_rows(tmp_path: Path) -> None:
    """Nobody hears what `put` raises: the rows would be waited for without end."""
    node = Node(speaking(), tmp_path / "full", lambda: None)  # there is no such folder
    how = How(SpeechSampling(), None, None)
    rows = (SpeechRow(text="In a voice.", voice="a.npz"), SpeechRow(text="Without one."))
    node.put([Order((1, row.text), row, how) for row in rows], {"a.npz": b"voice"})
    results: list[Result] = []
    while len(results) < 2:
        results += node.take(5.0)
    node.close()
    refused, made = results
    assert isinstance(refused, Refused)
    assert refused.id == (1, "In a voice.")
    assert "its voice cannot be kept in" in refused.reason
    assert isinstance(made, Made)


def test_nodes_are_given_what_the_driver_has_read(
    tmp_path: Path, fleet: Fleet, cluster: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node whose dictionary is another one, or which has none, speaks the same moras."""
    monkeypatch.setattr(openjtalk, "spell", lambda text: ("はシお|わタル.", ""))

    def reads_moras(project: Project) -> Maker:
        return Maker(model="a model", settings={"precision": "float32", "japanese": "moras"})

    cluster.join("a")
    project = Project.create(tmp_path / "p", script("橋を渡る。", "Across the bridge."))
    renderer = FleetRenderer(fleet.speaker, reads_moras)
    assert not renderer.generate(RenderRequest(project=project)).failed
    renderer.close()
    given = {order.row.text for order in cluster.sent["a"]}
    assert given == {"|はシお|わタル.", "Across the bridge."}
    assert {openjtalk.as_moras(text) for text in given} == given, "a node reads them no further"


def test_a_voice_travels_once_to_each_node_and_by_content(
    tmp_path: Path, fleet: Fleet, cluster: Threads
) -> None:
    cluster.join("a")
    cluster.join("b")
    render(fleet, Project.create(tmp_path / "p", script(*TEXTS)))
    names = {order.row.voice for orders in cluster.sent.values() for order in orders}
    assert len(names) == 2, "None for the row that the voice was made up for, and that voice"
    for sent in cluster.voices.values():
        assert Counter(sent).most_common(1)[0][1] == 1
    assert all(
        name in names and len(name) == 68 for sent in cluster.voices.values() for name in sent
    )


def test_nodes_that_die_at_any_moment_lose_nothing(
    tmp_path: Path, fleet: Fleet, cluster: Threads, said: list[str]
) -> None:
    one = on_one_machine(tmp_path / "one", *TEXTS)
    project = Project.create(tmp_path / "many", script(*TEXTS))
    deaths = iter(range(1, 9))
    cluster.join("0")

    def one_dies(progress: Progress) -> None:
        if progress.stage == "rows" and progress.row >= 0 and progress.row % 2:
            number = next(deaths, 0)
            if number:
                cluster.join(str(number))
                cluster.kill(str(number - 1))

    rendering = render(fleet, project, one_dies)
    assert not rendering.failed
    assert contents(project) == contents(one)
    assert "0 is lost" in said


def test_a_row_counts_once_although_two_nodes_make_it(
    tmp_path: Path, fleet: Fleet, cluster: Threads
) -> None:
    slow, go_on = Speaker(), threading.Event()

    def held_up(request: SpeechRequest, report: Report, more: More) -> Speech:
        if request.rows[0].voice is not None:
            go_on.wait(60)
        return slow.generate(request, report)

    cluster.join("slow", held_up)
    cluster.join("fast")
    project = Project.create(tmp_path / "p", script(*TEXTS))
    rendering = render(fleet, project)
    go_on.set()
    assert not rendering.failed
    keys = Counter(id for _, id in cluster.made)
    assert set(keys) >= {(1, key) for key in project.store.keys}
    assert rendering.made == len(project.store.keys) == sum(n.rows for n in fleet.status().nodes)


def test_a_row_that_no_node_can_speak_is_refused_with_the_nodes_words(
    tmp_path: Path, fleet: Fleet, cluster: Threads
) -> None:
    cluster.join("a")
    cluster.join("b")
    project = Project.create(tmp_path / "p", script(*TEXTS[:6], "This is unspeakable to all."))
    rendering = render(fleet, project)
    assert [state.id for state in rendering.failed] == ["r6"]
    assert "999 word pieces" in str(rendering.failed[0].verdict)


def test_a_node_that_refuses_everything_is_left_out_and_named(
    tmp_path: Path, fleet: Fleet, cluster: Threads, said: list[str]
) -> None:
    def refuses(request: SpeechRequest, report: Report, more: More) -> Speech:
        raise UserError("the voice lacks its file: get the model again")

    cluster.join("bad", refuses)
    cluster.join("good")
    rendering = render(fleet, Project.create(tmp_path / "p", script(*TEXTS)))
    assert not rendering.failed
    assert cluster.dismissed == ["bad"]
    assert said == [
        "bad takes no part, it refuses every row: the voice lacks its file: get the model again"
    ]


def test_a_bug_of_a_node_costs_that_node(
    tmp_path: Path, fleet: Fleet, cluster: Threads, said: list[str]
) -> None:
    def breaks(request: SpeechRequest, report: Report, more: More) -> Speech:
        raise ZeroDivisionError("a bug")

    cluster.join("bad", breaks)
    cluster.join("good")
    rendering = render(fleet, Project.create(tmp_path / "p", script(*TEXTS)))
    assert not rendering.failed
    assert said == ["bad failed: ZeroDivisionError: a bug"]


def test_a_disk_that_refuses_on_the_driver_loses_nothing_that_is_kept(
    tmp_path: Path, fleet: Fleet, cluster: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.join("a")
    project = Project.create(tmp_path / "p", script(*TEXTS))
    whole = project.store.put

    def put(*args: object, **options: object) -> None:
        if len(project.store) == 5:
            raise UserError("cannot write: no space left on device")
        whole(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(project.store, "put", put)
    with pytest.raises(UserError, match="no space left"):
        render(fleet, project)
    monkeypatch.undo()
    again = Project(project.folder)
    assert len(again.store) == 5
    speaker = Speaker()
    Renderer(lambda request: speaker, maker).generate(RenderRequest(project=again))
    assert contents(again) == contents(on_one_machine(tmp_path / "one", *TEXTS))


def test_after_stop_one_machine_goes_on(tmp_path: Path, fleet: Fleet, cluster: Threads) -> None:
    cluster.join("a")
    cluster.join("b")
    project = Project.create(tmp_path / "p", script(*TEXTS))

    def stop(progress: Progress) -> None:
        if progress.done >= 7:
            raise Cancelled

    with pytest.raises(Cancelled):
        render(fleet, project, stop)
    there = len(Project(project.folder).store)
    assert there >= 7
    again, speaker = Project(project.folder), Speaker()
    Renderer(lambda request: speaker, maker).generate(RenderRequest(project=again))
    one = on_one_machine(tmp_path / "one", *TEXTS)
    assert contents(again) == contents(one)
    assert len(speaker.rows) == len(one.store) - there, "what is there is not made again"


def test_scripts_side_by_side_keep_their_rows_apart(
    tmp_path: Path, fleet: Fleet, cluster: Threads
) -> None:
    cluster.join("a")
    cluster.join("b")
    projects = [Project.create(tmp_path / str(n), script(*TEXTS[n:])) for n in range(3)]
    work = [threading.Thread(target=render, args=(fleet, project)) for project in projects]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    for number, project in enumerate(projects):
        one = on_one_machine(tmp_path / f"one {number}", *TEXTS[number:])
        assert contents(project) == contents(one)


def test_without_any_node_it_waits_and_says_so(
    tmp_path: Path, fleet: Fleet, cluster: Threads, said: list[str]
) -> None:
    cluster.join("a", speaking(Speaker()))
    project = Project.create(tmp_path / "p", script(*TEXTS))
    there = threading.Event()

    def lose(progress: Progress) -> None:
        if progress.stage == "rows" and progress.row >= 0 and not there.is_set():
            there.set()
            cluster.kill("a")
        if any("no machine" in sentence for sentence in said) and "b" not in cluster.nodes:
            cluster.join("b")

    assert not render(fleet, project, lose).failed
    assert "no machine takes part any more: waiting for one; Ctrl-C loses nothing" in said


def listening(speaker_for: Callable[[], FleetSpeaker], project: Project) -> Rendering:
    listener = Listener(by=test_ears.BY, recogniser=FakeRecogniser(*test_ears.TEXTS))
    renderer = FleetRenderer(speaker_for, maker, listener=listener)
    try:
        return renderer.generate(RenderRequest(project=project))
    finally:
        renderer.close()


def test_what_is_misheard_goes_out_again(tmp_path: Path, fleet: Fleet, cluster: Threads) -> None:
    one = test_ears.make(tmp_path / "one")
    there = test_ears.render(one, FakeRecogniser(*test_ears.TEXTS))
    for name in ("a", "b"):
        cluster.join(name)
    project = test_ears.make(tmp_path / "many")
    rendering = listening(fleet.speaker, project)
    assert contents(project) == contents(one)
    assert [(s.status, s.key) for s in project.states()] == [
        (s.status, s.key) for s in one.states()
    ]
    assert (rendering.made, rendering.heard) == (there.made, there.heard)
    for state in one.states():
        kept = [p.hearings.of(str(state.key), test_ears.BY) for p in (one, project)]
        assert kept[0] is not None
        assert kept[0] == kept[1]


@pytest.mark.parametrize(("texts", "asked"), [(test_ears.TEXTS[:1], 0), (test_ears.TEXTS, 1)])
def test_nodes_are_asked_for_only_when_something_is_to_be_said(
    tmp_path: Path, fleet: Fleet, cluster: Threads, texts: tuple[str, ...], asked: int
) -> None:
    cluster.join("a")
    project, count = test_ears.make(tmp_path / "p", Recipe(takes=3), texts), 0
    test_ears.render(project, None)
    project.set_recipe(test_ears.RECIPE)

    def speaker() -> FleetSpeaker:
        nonlocal count
        count += 1
        return fleet.speaker()

    rendering = listening(speaker, project)
    assert rendering.heard >= len(texts)
    assert (count, rendering.made > 0) == (asked, bool(asked))
