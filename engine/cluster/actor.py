"""What runs on a node under Ray: it looks whether it can help, and then speaks.

Every refusal is a sentence for the user. Nothing here imports Ray, but for models that are fetched
from its store.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import engine
from engine.cluster.node import Node
from engine.cluster.orders import Id, Order, Result, Task
from engine.errors import UserError, reason_of
from engine.settings import Settings
from engine.system.paths import cache_folder

# Name of a file, its SHA-256, and references to its bytes in order.
Pieces = Sequence[tuple[str, str, Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Ready:
    """It can help. slots: rows that it speaks together."""

    slots: int


@dataclass(frozen=True, slots=True)
class Lacks:
    """It has not the model, and can be sent it."""


@dataclass(frozen=True, slots=True)
class Cannot:
    """It takes no part. reason: what follows its name in a sentence."""

    reason: str


Answer = Ready | Lacks | Cannot


class Actor:
    """One node. Its methods are called from several threads of Ray's."""

    def __init__(self, task: Task, threads: int) -> None:
        """threads: of the processor, that it may use."""
        self._task, self._threads = task, threads
        self._model: Path | None = None
        self._node: Node | None = None
        self._voices = Path(tempfile.mkdtemp(prefix="bark-studio-voices-"))

    def prepare(self) -> Answer:
        """Whether this node can speak the task, with the model that is here."""
        if engine.__version__ != self._task.version:
            return Cannot(
                f"has Bark Studio {engine.__version__}, and this is {self._task.version}: install "
                "the same version there"
            )
        try:
            settings = self._settings()
        except UserError as error:
            return Cannot(f"computes otherwise: {error}")
        except ImportError as error:
            return Cannot(f"lacks {error.name or error}: set Bark Studio up there")
        self._model = self._model or find_model(self._task)
        if self._model is None:
            return Lacks()
        self._start(self._model, settings)
        return Ready(settings.batch_size)

    def receive(self, pieces: Pieces) -> Answer:
        """Take the model from Ray's store, and go on as `prepare`."""
        import ray

        try:
            self._model = keep_model(self._task.model, pieces, ray.get)
        except UserError as error:
            return Cannot(f"cannot take the model: {error}")
        return self.prepare()

    def put(self, orders: Sequence[Order], voices: Mapping[str, bytes]) -> None:
        """As Node."""
        assert self._node is not None
        self._node.put(orders, voices)

    def drop(self, ids: Sequence[Id]) -> None:
        """As Node."""
        assert self._node is not None
        self._node.drop(ids)

    def take(self, wait: float) -> list[Result]:
        """As Node."""
        assert self._node is not None
        return self._node.take(wait)

    def close(self) -> None:
        """Stop, and leave nothing behind but the model."""
        if self._node is not None:
            self._node.close()
        shutil.rmtree(self._voices, ignore_errors=True)

    def _settings(self) -> Settings:
        """What makes this machine compute as the task asks. Raises UserError."""
        from engine.script.maker import going_on
        from engine.script.recipe import Maker

        return going_on(Maker(model="", settings=self._task.tokens), self._task.settings)

    def _start(self, model: Path, settings: Settings) -> None:
        from engine.engines import LateSpeech

        speech = LateSpeech(model, settings)

        def threads() -> None:  # a number that belongs to a thread
            import torch

            if settings.device == "cpu" or not torch.cuda.is_available():
                torch.set_num_threads(self._threads)

        self._node = Node(speech.generate, self._voices, threads)


def find_model(task: Task) -> Path | None:
    """Where this machine has the model, by its content; None where it has not."""
    from engine.models.catalog import find_content

    for place in (task.place, _kept(task.model)):
        if _is_whole(place, task.model):
            return place
    return find_content(task.model, task.name)


def _is_whole(place: Path, model: str) -> bool:
    from engine.models.fingerprint import model_hash

    with suppress(UserError):
        return place.is_dir() and model_hash(place) == model
    return False


def keep_model(model: str, pieces: Pieces, get: Callable[[Any], bytes]) -> Path:
    """Write a model that was sent, whole or not at all. model: its hash, which is looked at again.
    Raises UserError."""
    from engine.models.fingerprint import model_hash

    folder = _kept(model)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".part-", dir=folder.parent) as part:
            for name, sha256, references in pieces:
                path = (Path(part) / name).resolve()
                if not path.is_relative_to(Path(part).resolve()):
                    raise UserError(f"{name} leaves the model's folder")
                path.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with path.open("wb") as file:
                    for reference in references:
                        data = get(reference)
                        file.write(data)
                        digest.update(data)
                if digest.hexdigest() != sha256:
                    raise UserError(f"{name} came damaged")
            found = model_hash(Path(part))
            if found != model:
                raise UserError(f"what came is another one ({found[:8]} instead of {model[:8]})")
            _place(Path(part), folder, model)
    except OSError as error:
        raise UserError(f"{folder.parent}: {reason_of(error)}") from error
    return folder


def _place(part: Path, folder: Path, model: str) -> None:
    """Give a whole model its name. Another card of this machine may do the same meanwhile, or
    speak with it already: what is whole stays."""
    if _is_whole(folder, model):
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.rename(part, folder)  # noqa: PTH104
    except OSError:
        if not _is_whole(folder, model):
            raise
    else:
        part.mkdir()  # which whoever made it removes


def _kept(model: str) -> Path:
    return cache_folder() / "cluster" / model[:40]
