"""The Backend: one engine at a time, facts of a model, what this machine cannot do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.api import SpeechRequest, SpeechRow, TextRequest
from engine.backend import Backend
from engine.engines import Engines
from engine.errors import UserError
from engine.models import catalog, hub
from engine.settings import Settings
from tests.engine.bark.tiny import make_voice, write_checkpoint
from tests.fake import FakeEngine

if TYPE_CHECKING:
    from gui.studio.backend import Backend

REQUEST = SpeechRequest(rows=(SpeechRow(text="Hello."),))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint") / "tiny"
    write_checkpoint(folder)
    return folder


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[FakeEngine, Engines]]:
    engines: list[tuple[FakeEngine, Engines]] = []

    def build(self: Engines, request: Any) -> FakeEngine:
        engines.append((FakeEngine(), self))
        return engines[-1][0]

    monkeypatch.setattr(Engines, "_build", build)
    return engines


def test_it_is_the_backend_of_the_window() -> None:
    backend: Backend = Backend()  # the type checker holds the rest
    assert backend.device_memory() is None
    assert backend.models() == catalog.models()
    assert backend.models_folder() == hub.cache_folder()


def test_an_engine_is_kept_until_settings_or_model_change(
    built: list[tuple[FakeEngine, Engines]], tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    studio, settings = Backend(), Settings()
    first = studio.engine_for(REQUEST, settings, str(tmp_path / "a"))
    assert studio.engine_for(REQUEST, Settings(), str(tmp_path / "a")) is first
    studio.engine_for(REQUEST, settings.replace(precision="int8"), str(tmp_path / "a"))
    assert [engine.closed for engine, _ in built] == [True, False]
    studio.engine_for(REQUEST, settings.replace(precision="int8"), str(tmp_path / "b"))
    assert [engine.closed for engine, _ in built] == [True, True, False]
    # Texts have one of their own, and what is set for speech is nothing to it.
    text = TextRequest(prompts=("x",))
    written = studio.engine_for(text, Settings(), str(tmp_path / "b"))
    int8 = settings.replace(precision="int8")
    assert studio.engine_for(text, int8, str(tmp_path / "b")) is written
    assert [engine.closed for engine, _ in built] == [True, True, False, False]
    studio.release("speech")
    assert [engine.closed for engine, _ in built] == [True, True, True, False]
    studio.release("text")
    assert all(engine.closed for engine, _ in built)
    studio.release("text")  # nothing is there any more
    assert studio.engine_for(REQUEST, settings, str(tmp_path / "a")) is built[-1][0]
    assert len(built) == 5


def test_a_model_that_is_not_here_is_a_sentence_and_no_download(
    built: list[tuple[FakeEngine, Engines]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "download", None)
    with pytest.raises(UserError, match="not on this machine: download it on the page Models"):
        Backend().engine_for(REQUEST, Settings(), "suno/bark-small")
    assert built == []


def test_facts_of_a_model(tiny: Path) -> None:
    facts = Backend().facts(str(tiny))
    assert facts.voices == ("v1/anna",)
    assert (facts.sample_rate, facts.max_tokens) == (16_000, 20)
    assert facts.max_seconds == pytest.approx(60 / 24.9)
    assert not facts.sound_tags
    assert Backend().count_tokens(str(tiny), "hello, you") == 9
    with pytest.raises(UserError, match="there is no folder"):
        Backend().facts("nowhere")


def test_the_length_that_the_facts_promise_is_what_is_spoken(tiny: Path) -> None:
    """No greedy row of this checkpoint ends by itself."""
    from engine.api import SpeechSampling

    request = SpeechRequest(rows=(SpeechRow(text="hello"),), sampling=SpeechSampling.greedy())
    studio = Backend()
    take = studio.engine_for(request, Settings(), str(tiny)).generate(request).takes[0]
    studio.release("speech")
    assert not take.ended
    assert take.seconds == pytest.approx(studio.facts(str(tiny)).max_seconds, abs=0.1)
    assert studio.device_memory() is None  # no accelerator here


def test_the_memory_is_not_asked_of_half_a_torch(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window asks twice a second, also while the engine's thread imports it."""
    request = SpeechRequest(rows=(SpeechRow(text="hello"),))
    studio = Backend()
    studio.engine_for(request, Settings(), str(tiny))
    with monkeypatch.context() as importing:
        importing.setitem(sys.modules, "torch", ModuleType("torch"))
        assert studio.device_memory() is None
    studio.release("speech")


def test_what_is_foretold_reaches_the_window(tiny: Path) -> None:
    request = SpeechRequest(rows=(SpeechRow(text="hello", take=1),))
    engines = Engines(Settings(), tiny)
    engine = engines.engine_for(request)
    assert (engines.made, engines.expected_bytes) == (False, 0)
    engine.generate(request)
    assert engines.made
    engine._engine.expected_bytes = 7
    assert engines.expected_bytes == 7
    engines.close()


def test_the_memory_is_that_of_the_card_that_has_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each thread has a current card of its own; the window's is the first one."""
    import torch

    held = [0, 700]
    for name, value in {
        "is_available": lambda: True,
        "is_initialized": lambda: True,
        "device_count": lambda: 2,
        "memory_allocated": held.__getitem__,
        "max_memory_allocated": lambda card: held[card] + 1,
        "memory_reserved": lambda card: held[card] + 100,
        "mem_get_info": lambda card: (1000 + card, 9000),
        "get_device_name": lambda card: f"card {card}",
    }.items():
        monkeypatch.setattr(torch.cuda, name, value)
    studio = Backend()
    studio._computed = True
    found = studio.device_memory()
    assert found is not None
    assert (found.name, found.allocated, found.peak) == ("card 1", 700, 701)
    assert (found.free, found.others, found.expected) == (1001, 9000 - 1001 - 800, 0)

    def lost(card: int) -> tuple[int, int]:
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(torch.cuda, "mem_get_info", lost)
    assert studio.device_memory() is None


def test_voices_are_checked_and_saved(tiny: Path, tmp_path: Path) -> None:
    from engine.api import Take

    studio = Backend()
    arrays = make_voice()
    take = Take(
        row=0,
        audio=np.zeros(10, np.float32),
        sample_rate=16_000,
        semantic=arrays["semantic_prompt"].astype(np.int32),
        coarse=arrays["coarse_prompt"].astype(np.int32),
        fine=arrays["fine_prompt"].astype(np.int32),
        ended=True,
    )
    studio.save_voice(tmp_path / "voice.npz", take, str(tiny))
    studio.check_voice(tmp_path / "voice.npz", str(tiny))
    (tmp_path / "none.npz").write_bytes(b"x")
    with pytest.raises(UserError, match="no voice file"):
        studio.check_voice(tmp_path / "none.npz", str(tiny))


def test_asking_brings_no_framework_into_the_window(tiny: Path) -> None:
    code = (
        "import sys; from engine.backend import Backend; s = Backend()\n"
        f"s.facts({str(tiny)!r}); s.count_tokens({str(tiny)!r}, 'a'); s.models(); s.cannot()\n"
        "assert not {'torch', 'tensorflow', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_texts_that_what_speaks_cannot_read(tiny: Path, tmp_path: Path) -> None:
    from engine.bark.tokenizer import TextTokenizer
    from engine.script.project import Project
    from engine.script.rows import Script, ScriptRow

    texts = ["hello", "hello 語", ""]
    assert TextTokenizer(tiny).lost(texts[1]) == "語"
    project = Project.create(
        tmp_path / "p", Script(title="t", rows=(ScriptRow(id="1", text="hello"),))
    )
    found = Backend().unreadable(project, str(tiny), texts)
    assert found is not None
    assert [("語" in why) for why in found] == [False, True, False]
    assert (found[0], found[2]) == ("", "")
    assert Backend().unreadable(project, "nowhere", texts) is None
    project.set_maker(Backend().identify(project, Settings(precision="float32"), str(tiny)))
    assert Backend().unreadable(project, str(tiny), texts) == found


def test_what_this_machine_cannot_do_is_what_the_engine_refuses() -> None:
    from engine.bark.engine import choose

    cannot = Backend().cannot()
    for name, values in (
        ("device", ("auto", "cpu", "cuda", "mps")),
        ("offload", (False, True)),
        ("attention", ("fused", "eager")),
    ):
        for value in values:
            refused = ""
            try:
                choose(Settings(**{name: value}))
            except UserError as error:
                refused = str(error)
            assert cannot.get((name, value), "") == refused
    assert ("precision", "auto") not in cannot
    assert all(why and "--" not in why for why in cannot.values())


def test_offline_is_a_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    studio = Backend()
    assert studio.offline()
    studio.set_offline(False)
    assert not studio.offline()
    assert constants.HF_HUB_OFFLINE is False


def test_the_doctors_report() -> None:
    report = {fact.name: fact for fact in Backend().examine()}
    assert {"Python", "processor", "memory", "packages", "Hub cache"} <= set(report)
    assert report["processor"].value.endswith(" cores")
    assert report["packages"].mend == ""


def test_a_script_is_rendered_by_the_engine_of_its_rows(tiny: Path, tmp_path: Path) -> None:
    from engine.script.project import Project
    from engine.script.rendering import RenderRequest
    from engine.script.rows import Script, ScriptRow
    from engine.script.selection import Recipe

    script = Script(title="t", rows=(ScriptRow(id="1", text="Hello."),))
    project = Project.create(tmp_path / "p", script, Recipe(semantic_tokens=8, takes=1))
    studio, request = Backend(), RenderRequest(project=project)
    made = studio.engine_for(request, Settings(), str(tiny)).generate(request)
    again = studio.engine_for(request, Settings(), str(tiny)).generate(request)
    assert (made.made, again.made) == (1, 0)
    assert made.states[0].key == again.states[0].key is not None
    bfloat16 = Settings(precision="bfloat16")
    pinned = studio.engine_for(request, bfloat16, str(tiny)).generate(request)
    assert (pinned.made, pinned.states[0].key) == (0, made.states[0].key)
    assert studio.why_not(project, bfloat16) == ""
    assert studio.further(project, bfloat16, str(tiny)) == project.maker
    project.speak_anew(studio.identify(project, bfloat16, str(tiny)))
    other = studio.engine_for(request, Settings(), str(tiny)).generate(request)
    assert (other.made, other.states[0].key != made.states[0].key) == (1, True)
    assert project.maker is not None
    assert project.maker.settings["arithmetic"].startswith("bfloat16-")
    studio.release("speech")


def test_a_project_of_a_model_that_is_not_here_says_so(tiny: Path, tmp_path: Path) -> None:
    from engine.script.project import Project
    from engine.script.rendering import RenderRequest
    from engine.script.rows import Script, ScriptRow
    from engine.script.selection import Recipe

    there = tmp_path / "edition"
    shutil.copytree(tiny, there)
    script = Script(title="t", rows=(ScriptRow(id="1", text="Hello."),))
    project = Project.create(tmp_path / "p", script, Recipe(semantic_tokens=8, takes=1))
    studio, request = Backend(), RenderRequest(project=project)
    studio.engine_for(request, Settings(), str(there)).generate(request)
    (there / "more.json").write_text("{}")  # another edition under the same name
    words = f"is spoken by the model {there} \\([0-9a-f]{{8}}\\), which is not here"
    assert re.search(words, studio.why_not(project, Settings()))
    for asks in (
        lambda: studio.further(project, Settings(), str(there)),
        lambda: studio.engine_for(request, Settings(), str(there)),
    ):
        with pytest.raises(UserError, match=words):
            asks()


def test_a_row_that_the_model_cannot_read_is_not_spoken(tmp_path: Path) -> None:
    from engine.models.bark import STARTER
    from engine.script.project import Project
    from engine.script.rendering import RenderRequest
    from engine.script.rows import Script, ScriptRow

    script = Script(title="t", rows=(ScriptRow(id="1", text="Маяк стоит."),))
    project = Project.create(tmp_path / "p", script)
    request = RenderRequest(project=project)
    done = Backend().engine_for(request, Settings(), str(STARTER)).generate(request)
    assert (done.made, done.states[0].status) == (0, "failed")
    assert "the model cannot read Маяксто" in str(done.states[0].verdict)
