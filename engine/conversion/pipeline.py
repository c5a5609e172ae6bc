"""A batch of files: scripts one after the other through one engine, written while it goes on.

It prints nothing: what happens is told to a Listener. Standard library only at import.
"""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from engine.conversion.as_read import AsRead, refuse_unread, told
from engine.conversion.estimate import Clock, overruns, plan_of, usual_speed
from engine.conversion.going import REMAKE, Asked, Goings
from engine.conversion.hearing import Hearers
from engine.conversion.listener import Listener
from engine.conversion.on_its_way import Early, OnItsWay
from engine.conversion.orders import FindModel, Orders
from engine.conversion.owners import Owners
from engine.conversion.speeds import Speeds, way
from engine.conversion.summary import Converted, account
from engine.errors import UserError
from engine.recordings.ownership import free
from engine.script.row_limits import Divided, Speakable, fixed_paces, learned
from engine.system.marks import marked

if TYPE_CHECKING:
    from engine.engines import Engines
    from engine.job import Update
    from engine.recordings.claim import Targets
    from engine.script import ears
    from engine.script.pace import Paces
    from engine.script.project import Project
    from engine.script.render import Identify, Renderer, Unreadable
    from engine.script.rendering import Rendering
    from engine.script.rows import Script
    from engine.settings import Settings


class Work:
    """What one call does: scripts one after the other, with one engine."""

    def __init__(self, orders: Orders, find_model: FindModel, listener: Listener) -> None:
        from engine.system.atomic_files import check_writable

        self.orders = orders
        self.failed = False
        self._told = set[str]()  # of the engine's notes
        self._find_model = find_model
        self._engines: Engines | None = None
        self._made_of: tuple[Settings, Path] | None = None  # the engine
        asked = Asked(
            settings=orders.settings,
            recipe=orders.recipe,
            model=orders.model,
            given=orders.given,
            change=orders.change,
        )
        self._goings = Goings(asked, orders.voices, self._find, fresh=orders.fresh)
        self._jobs = set[Any]()  # at work
        self._stopped = threading.Event()
        self._started = time.monotonic()
        self._learned = learned()
        self._speakable: dict[Path, Speakable] = {}
        self._listener = listener
        self._hearers = Hearers()
        self._background = ThreadPoolExecutor(1, thread_name_prefix="delivery")
        self._owners = Owners(orders.delivery, orders.permission, orders.reads)
        self._json: Path | None = None  # where the summary goes
        if orders.json is not None:
            check_writable(orders.json)

    def cancel(self) -> None:
        """Stop soon; a signal handler calls it."""
        self._stopped.set()
        for job in tuple(self._jobs):
            job.cancel()

    def close(self) -> None:
        """End the thread, give the engine's memory back."""
        self._background.shutdown()
        if self._engines is not None:
            self._engines.close()
        self._hearers.close()

    @property
    def stopped(self) -> threading.Event:
        """Set when somebody wants it to end."""
        return self._stopped

    def convert(self, sources: Mapping[Path, PurePosixPath]) -> None:
        """Convert files. sources: each with the sub-folder of the output folder that it goes to.

        Everything that can be refused is refused before the first is spoken.
        """
        self._owners.read(*sources)
        texts = self._read(list(sources))
        if self.orders.json is not None and self._json is None:
            self._json = free(self.orders.json, self._owners.permission)
            self._owners.take(self._json, "the summary")
        self._owners.place(texts, sources)
        for source in texts:
            self._goings.begin(source, self._owners[source].project)
        self._owners.claim(texts, sources, self._goings.voice_name)
        for source in texts:
            self._goings.look_up(source)
        divided = self._divide(texts)
        scripts_of = {source: rows.script for source, rows in divided.items()}
        targets = self._owners.claim(scripts_of, sources, self._goings.voice_name)
        if self.orders.dry_run:
            self._plan(divided, targets)
            return
        for source, rows in divided.items():
            unread = self._as_read(source).unread(rows.script, self._goings[source].recipe)
            refuse_unread(source.name, rows.script, unread)
            for sentence in told(source.name, unread):
                self._listener.say(sentence)
        with ExitStack() as locks:
            scripts = []
            for source, rows in divided.items():
                folder = self._owners[source].project
                script = self._prepare(source, rows, folder, targets[source], locks)
                if self.orders.fresh:
                    script.project.forget_takes()
                script.going = self._goings.check(source, script.project)
                self._tell_overruns(script, rows)
                scripts.append(script)
            self._make(scripts)
        for script in scripts:
            self._tell(script)
        self._summary(scripts)

    def _read(self, sources: Sequence[Path]) -> dict[Path, Script]:
        """Of a folder, what cannot be read is said and left out.

        Raises UserError for a file that the user named, and where nothing is left.
        """
        from engine.documents import read as documents

        texts: dict[Path, Script] = {}
        unread: list[UserError] = []
        for source in sources:
            try:
                script = documents.read(
                    source, language=self.orders.language, reading=self.orders.reading
                )
            except UserError as error:
                if source in self.orders.named:
                    raise
                unread.append(error)
                continue
            for note in documents.told(script):
                self._listener.say(f"{source.name}: {note}")
            texts[source] = script
            if unknown := set(self.orders.voices) - set(script.speakers) - {""}:
                self._listener.say(f"{source.name}: nobody is called {', '.join(sorted(unknown))}")
        if not texts:
            raise unread[0]
        for reason in unread:
            self.failed = True
            self._listener.say(str(reason))
        return texts

    def _find(self, name: str | None) -> Path | None:
        """A model; a dry run fetches none, and does without one that is not here."""
        from engine.models import bark

        if not self.orders.dry_run:
            return self._find_model(name)
        with suppress(UserError):
            return self._find_model(None) if name is None else bark.find_here(name)
        return None

    def _divide(self, texts: Mapping[Path, Script]) -> dict[Path, Divided]:
        """Rows of speakable length, by the paces that their projects began with."""
        from engine.script.pronunciation import language_of_numbers, saying

        divided = {}
        for source, script in texts.items():
            going, longest = self._goings[source], self.orders.longest
            speakable = Speakable(going.model, longest, self._learned, going.paces_of)
            fixed = fixed_paces(self._owners[source].project)
            voice_of = partial(self._goings.voice_of, source)
            say = saying(self._goings[source].recipe, language_of_numbers(script))
            divided[source] = speakable.divide(script, voice_of, fixed, say)
            self._speakable[source] = speakable
        return divided

    def _prepare(
        self,
        source: Path,
        rows: Divided,
        folder: Path,
        targets: Targets,
        locks: ExitStack | None = None,
    ) -> OnItsWay:
        """The project of a text, kept from others until `locks` end; without, it is looked at."""
        from engine.recordings.write import Deliverer

        project = self._goings.create(
            source,
            folder,
            rows,
            program="run" if locks is not None else "",
            take_over=self.orders.take_over,
        )
        if locks is not None:
            locks.callback(project.close)
            for note in project.notes:
                self._listener.say(f"{source.name}: {note}")
            self._goings.pin(source, project)
            for note in project.read_otherwise():
                self._listener.say(f"{source.name}: {note}")
            self._owners.keep(source, targets.ledger)
        place, permission = self._owners[source], self._owners.permission
        deliverer = Deliverer(project, place.delivery, permission, targets)
        return OnItsWay(source, project, self._goings[source], deliverer)

    def _plan(self, divided: Mapping[Path, Divided], targets: Mapping[Path, Targets]) -> None:
        """A dry run: tell the rows, write nothing."""
        import tempfile

        with tempfile.TemporaryDirectory() as elsewhere:
            for number, (source, rows) in enumerate(divided.items()):
                folder = Path(elsewhere) / str(number)
                script = self._prepare(source, rows, folder, targets[source])
                made, precision = self._goings.made(source), script.going.settings.precision
                going = script.going
                by = way(going.model, going.settings) if going.model is not None else ""
                speed = Speeds().of(by)
                as_read = self._as_read(source)
                plan = plan_of(script.project, made, rows.pace_of, precision, as_read, speed)
                self._listener.planned(plan)
                self._tell_overruns(script, rows)
                for sentence in told(source.name, as_read.unread(rows.script, going.recipe)):
                    self._listener.say(sentence)

    def _as_read(self, source: Path) -> AsRead:
        def made() -> Project | None:  # what is remade is read anew
            anew = self._goings[source].change == REMAKE
            return None if anew else self._goings.made(source)

        return AsRead(self._speakable[source], made)

    def _tell_overruns(self, script: OnItsWay, rows: Divided) -> None:
        for sentence in overruns(script.project, script.deliverer.delivery, rows.pace_of):
            self._listener.say(f"{script.source.name}: {sentence}")

    def _make(self, scripts: Sequence[OnItsWay]) -> None:
        from engine.script.store import DamagedTake

        deliveries: list[Future[None]] = []
        for script in scripts:  # one is written while the next is spoken
            script.rendering = self._render(script)
            deliveries.append(self._background.submit(self._deliver, script))
        for script, delivery in zip(scripts, deliveries, strict=True):
            try:
                delivery.result()
            except DamagedTake:  # of an earlier run; it is forgotten now
                script.rendering = self._render(script)
                self._deliver(script)

    # ── one script ────────────────────────────────────────────────────────────────────────────

    def _renderer(self, script: OnItsWay) -> Renderer:
        """What renders a script, closed by `_render`."""
        from engine.engines import Engines
        from engine.script.render import Renderer

        going = script.going
        assert going.model is not None
        made_of = going.settings, going.model
        if self._engines is None or made_of != self._made_of:
            if self._engines is not None:
                self._engines.close()
            self._engines, self._made_of = Engines(*made_of), made_of
        return Renderer(self._engines.engine_for, *self._checks(script))

    def _checks(self, script: OnItsWay) -> tuple[Identify, Paces, Unreadable, ears.Listener | None]:
        """What a renderer has to know of a script; on the thread that renders it."""
        identify = dataclasses.replace(script.going, change="").maker
        unreadable = self._speakable[script.source].unreadable
        return identify, self._learned, unreadable, self._hearers.of(script.project.recipe)

    def _render(self, script: OnItsWay, clock: Clock | None = None) -> Rendering:
        """Speak what is open. clock: that goes on with the rows."""
        from engine.job import Done, Failed, Job, Running
        from engine.script.rendering import RenderRequest

        project = script.project
        renderer = self._renderer(script)
        clock, early = clock or Clock(project), Early(script, self._background)

        def publish(update: Update) -> None:
            if isinstance(update, Running):
                progress = update.progress
                if progress.stage == "rows" and progress.row >= 0:
                    clock.note(progress.row)
                    early.note(progress.row)
                self._progress(script, clock, progress.stage)

        job = Job(RenderRequest(project=project))
        self._jobs.add(job)
        try:
            if self._stopped.is_set():
                raise KeyboardInterrupt
            last = job.run(lambda request: renderer, publish)
        finally:
            self._jobs.discard(job)
            renderer.close()
        if isinstance(last, Failed):
            raise last.error
        if not isinstance(last, Done):
            raise KeyboardInterrupt
        rendering: Rendering = last.result
        if rendering.made:
            self._learn(script, clock, rendering)
        return rendering

    def _learn(self, script: OnItsWay, clock: Clock, rendering: Rendering) -> None:
        """Remember this machine's speed."""
        assert script.going.model is not None
        speeds, by = Speeds(), way(script.going.model, script.going.settings)
        speed = speeds.of(by) or usual_speed(script.going.settings.precision)
        script.predicted = clock.predicted * speed
        spoken = (rendering.states[row].measures for row in clock.open)
        # Of the takes that count: what was re-rolled is a part of the work for them.
        sound = sum(measures.seconds for measures in spoken if measures is not None)
        speeds.learn(by, rendering.metrics.seconds, sound)

    def _progress(self, script: OnItsWay, clock: Clock, stage: str) -> None:
        """A step of a rendering, on its thread."""
        if self._listener.live:
            self._listener.progress(f"{script.project.script.title}: {clock.words(stage)}")

    def _deliver(self, script: OnItsWay) -> None:
        from engine.api import Cancelled

        assert script.rendering is not None

        def tick() -> None:
            if self._stopped.is_set():
                raise Cancelled

        try:
            script.recordings = script.deliverer.write_all(script.rendering.states, tick)
        except Cancelled as error:
            raise KeyboardInterrupt from error

    # ── words ─────────────────────────────────────────────────────────────────────────────────

    def _tell(self, script: OnItsWay) -> None:
        """What a script has become."""
        assert script.rendering is not None
        rendering = script.rendering
        for note in rendering.notes:
            if note not in self._told:
                self._told.add(note)
                self._listener.say(note)
        for recording in script.recordings:
            self._listener.written(recording.path)
            for note in recording.notes:
                self._listener.say(f"{recording.path.name}: {note}")
        for state in rendering.failed:
            self.failed = True
            took = "left out" if state.key is None else "the best take is used"
            self._listener.say(f"{script.source.name}, row {state.id}: {state.verdict} ({took})")

    def _more_figures(self) -> dict[str, Any]:
        return {}

    def _summary(self, scripts: Sequence[OnItsWay]) -> None:
        from engine.system.atomic_files import write_atomically

        done = [
            Converted(
                script.source,
                script.project.folder,
                script.rendering,
                script.recordings,
                script.predicted,
            )
            for script in scripts
            if script.rendering is not None
        ]
        total = account(done, time.monotonic() - self._started) | self._more_figures()
        self._listener.done(total)
        if self._json is not None:
            data = json.dumps(marked(total), ensure_ascii=False, indent=1).encode() + b"\n"
            write_atomically(self._json, data)
