"""What the program does with a file that it is given, without the window: opens it, and works with
what it found. UserError is an answer; anything else is a fault."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.errors import UserError

WORDS = "the lamp is lit 7."


def preload() -> None:
    """Import what cases need, once, and find what was compiled. Starts no thread."""
    import docx  # noqa: F401
    import jinja2.sandbox  # noqa: F401
    import pypdfium2  # noqa: F401
    import torch
    import trafilatura  # noqa: F401

    from engine.bark.kernel import Kernel
    from engine.text.native import library

    torch.set_num_threads(1)
    Kernel.find()
    library.find()


def voice(folder: Path, samples: Path) -> None:
    from engine.bark.config import read_config
    from engine.bark.voices import read_npz
    from engine.models.fingerprint import voice_hash

    path, model = folder / "voice.npz", samples / "bark"
    with suppress(UserError):
        voice_hash(str(path), model)
    read_npz(path, read_config(model))
    _speak(model, str(path))


def bark(folder: Path, samples: Path) -> None:
    from engine.backend import Backend
    from engine.models import catalog, integrity
    from engine.models.fingerprint import model_hash, voice_hash

    backend = Backend()
    for look in (
        lambda: model_hash(folder),
        lambda: catalog._kind(folder),
        lambda: integrity.verify(folder),
        lambda: integrity.has_hashes(folder),
        lambda: catalog.verify(str(folder)),
        lambda: voice_hash("anna", folder),
        lambda: backend.count_tokens(str(folder), WORDS),
        lambda: backend.lost(str(folder), WORDS),
        lambda: backend.facts(str(folder)).safe_seconds,
    ):
        _or_refused(look)
    _or_refused(lambda: _speak(folder, "anna"))
    _speak(folder, None)


def _or_refused(look: Callable[[], Any]) -> None:
    with suppress(UserError):
        look()


def _speak(folder: Path, voice: str | None) -> None:
    from engine.api import SpeechRequest, SpeechRow
    from engine.bark.engine import BarkEngine
    from engine.settings import Settings

    engine = BarkEngine(folder, Settings(device="cpu"))
    row = SpeechRow(text=WORDS, voice=voice)
    request = SpeechRequest(rows=(row,), max_seconds=1)
    engine.check(request)
    take = engine.generate(request).takes[0]
    assert take.seconds >= 0
    engine.close()


def text(folder: Path, samples: Path) -> None:
    from engine.api import TextRequest
    from engine.models.fingerprint import file_hash, model_hash
    from engine.text.engine import TextEngine

    place = folder / "model.gguf"
    is_folder = not place.exists() and (folder / "config.json").exists()
    place = folder if is_folder else place
    _or_refused(lambda: model_hash(place) if is_folder else file_hash(place))
    for chat in (None, False):
        engine = TextEngine(place, device="cpu", precision="int8" if is_folder else "auto")
        request = TextRequest(prompts=("the path",), max_new_tokens=4, chat=chat)
        _or_refused(lambda engine=engine, request=request: engine.generate(request))
        engine.close()


def document(folder: Path, samples: Path) -> None:
    from engine.documents.read import is_table, look_at_table, read, told
    from engine.documents.reading import Reading
    from engine.script.rows import from_json, to_json
    from engine.script.split import split

    for path in folder.iterdir():
        if is_table(path):
            _or_refused(lambda path=path: look_at_table(path))
        _or_refused(lambda path=path: read(path, reading=Reading(notes=True, speakers=False)))
        script = read(path)
        told(script)
        assert from_json(to_json(script)).rows == script.rows
        for row in script.rows[:20]:
            split(row.text, language=script.language)


def project(folder: Path, samples: Path) -> None:
    from engine.recordings.claim import claim
    from engine.recordings.ledger import Ledger
    from engine.recordings.ownership import Permission
    from engine.recordings.plan import Delivery
    from engine.script.pace import Paces
    from engine.script.project import Project
    from engine.script.project_files import source_of

    inner = folder / "a.project"
    source_of(inner)
    open_one = Project.open(inner, "run")
    try:
        for row in open_one.states():
            for take in open_one.takes(row.id):
                _or_refused(lambda key=take.key: open_one.store.load(key))
                open_one.store.note(take.key)
        for each in open_one.script.rows[:20]:
            _or_refused(lambda row=each: open_one.said(row.text))
        assert isinstance(open_one.cover, bytes)
        delivery = Delivery(out=folder / "out", per="row", subtitles=("srt",))
        ledger = Ledger(inner)
        targets = claim(open_one.script, delivery, ledger, open_one.voice_of, Permission())
        for part in targets.parts:
            place = (delivery.out / part.path).resolve()
            assert place.is_relative_to(delivery.out.resolve()), "a name leads out of the folder"
        for change in (
            lambda: open_one.lock_all([row.id for row in open_one.script.rows]),
            lambda: open_one.reroll(open_one.script.rows[0].id),
            lambda: open_one.set_voice("A", None),
            lambda: open_one.set_voice("B", str(folder / "voice.npz")),
            lambda: open_one.fix_paces(Paces(folder / "paces.json")),
            lambda: open_one.set_script(open_one.script),
            lambda: open_one.hearings.of("x", "y"),
            lambda: ledger.keep("b.txt"),
            lambda: open_one.store.refuse("0" * 40, "x"),
            open_one.store.keep_refusals,
            open_one.forget_takes,
        ):
            _or_refused(change)
    finally:
        open_one.close()
    Project.open(inner, "window").close()


def state(folder: Path, samples: Path) -> None:
    from engine.bench import results
    from engine.conversion.speeds import Speeds
    from engine.script.pace import Paces
    from gui.history.store import History
    from gui.studio.state import State

    kept: Any = State(folder / "window.json", None)
    for name, default in (("speak.voice", ""), ("recent", []), ("volume", 1.0), ("x", {})):
        assert type(kept.get(name, default)) is type(default)
    kept.set("speak.voice", "b")
    kept.save()
    speeds = Speeds(folder / "speeds.json")
    speeds.of("a model float32")
    speeds.learn("another", 1.0, 2.0)
    paces = Paces(folder / "paces.json")
    assert paces.of("a model anna").seconds("Hello.") > 0
    paces.learn({"b": [("Hello there.", 1.0)]})
    history = History(folder / "takes")
    for record in list(history.scan()):
        _or_refused(lambda record=record: history.load(record))
        _or_refused(lambda record=record: history.change(record))
        assert record.row.text
        sorted([record], key=lambda one: one.age)
    history.size()
    results.load(folder / "results.json")


def rules(folder: Path, samples: Path) -> None:
    from engine.models import catalog, integrity, recognisers
    from engine.script.pronunciation import Pronunciation
    from engine.settings import Settings

    recognisers.is_recogniser(folder)
    catalog._kind(folder)
    integrity.verify(folder)
    _or_refused(lambda: recognisers.find(str(folder)))
    _or_refused(lambda: Settings.load(folder / "settings.json"))
    spoken = Pronunciation.load(folder / "say.txt")
    for words in (WORDS, "a" * 40, "aaaa bbbb 99 km!" * 50, "灯台 é e\u0301"):
        _or_refused(lambda words=words: spoken.apply(words))


READERS: dict[str, Callable[[Path, Path], None]] = {
    "voice": voice,
    "bark": bark,
    "bark-bin": bark,
    "bark-words": bark,
    "text": text,
    "gguf": text,
    "epub": document,
    "document": document,
    "project": project,
    "state": state,
    "rules": rules,
}
