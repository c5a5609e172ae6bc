"""The models of this machine, for speech, text and listening, under one list of names.

Standard library and NumPy only, until something is fetched.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from engine.errors import UserError, reason_of
from engine.models import bark, hub, integrity, packaged, recognisers
from engine.models.fingerprint import model_hash
from engine.models.info import ModelInfo, Tell, Verdict, quiet
from engine.system.paths import text_models_folder
from engine.system.untrusted_json import read_object
from engine.text.checkpoint.config import FAMILIES


def models() -> tuple[ModelInfo, ...]:
    """All known models, speech before text before listening, the default one of each first. Takes
    milliseconds."""
    found = []
    if bark.STARTER.is_dir():
        size = hub.size(bark.STARTER)
        name = bark.STARTER.name
        found.append(
            ModelInfo(id=name, kind="speech", state="here", folder=bark.STARTER, size=size)
        )
    others = [name for name in hub.cached() if name not in bark.PUBLISHED]
    for name in (*bark.PUBLISHED, *others):
        kind = "speech" if name in bark.PUBLISHED else _kind(hub.snapshot(name))
        if kind:
            found.append(_from_hub(name, kind))
    found.extend(_packaged(name) for name in packaged.PACKAGED)
    found.extend(_own_texts())
    found.extend(_recogniser(name) for name in recognisers.PACKAGED)
    order = ("speech", "text", "listening")
    return tuple(sorted(found, key=lambda model: order.index(model.kind)))


def find_here(name: str, kind: str) -> Path:
    """The folder or file of a model of this machine; nothing is downloaded. Raises UserError."""
    if kind == "listening":
        return recognisers.find(name)
    return bark.find_here(name) if kind == "speech" else packaged.find(name, download=False)


def find_content(content: str, name: str) -> Path | None:
    """The speech model of this content, by its hash, wherever it is on this machine; None where it
    is not. name: what it was called, which is looked at first."""
    places = [model.folder for model in models() if model.kind == "speech" and model.folder]
    with suppress(UserError):
        places.insert(0, bark.find_here(name))
    for place in dict.fromkeys(places):
        with suppress(UserError):
            if model_hash(place) == content:
                return place
    return None


def download(name: str, tell: Tell = quiet) -> Path:
    """Fetch a model, or go on fetching it. Raises UserError; lets Cancelled of `tell` pass."""
    if name in packaged.PACKAGED:
        if hub.offline() and _packaged(name).state != "here":
            raise UserError(f"{name} is not on this machine and the program is offline")
        return packaged.get(name, tell=tell)
    if recognisers.is_name(name):
        if hub.offline() and name in recognisers.PACKAGED:
            return recognisers.find(name)
        return recognisers.get(name, tell=tell)
    return hub.download(name, tell)


def verify(name: str, tell: Tell = quiet) -> Verdict:
    """Read every file of a model again.

    Raises UserError for a model that is not here; lets Cancelled of `tell` pass.
    """
    place, bad = _place(name), list[str]()
    if place.is_dir():
        bad = integrity.verify(place, tell)
    elif not packaged.is_sound(place, tell):
        bad = [place.name]
    if bad:
        listed = ", ".join(bad[:5]) + (" and more" if len(bad) > 5 else "")
        if place.resolve() == bark.STARTER.resolve():
            return Verdict(f"{name} is damaged ({listed}): get the program again")
        return Verdict(f"{name} is damaged ({listed}): remove it and download it again")
    if place.is_dir() and _kind(place) == "speech" and not hub.is_complete(place):
        return Verdict(f"{name} is not complete: download the rest")
    hashed = integrity.has_hashes(place) if place.is_dir() else packaged.has_hash(place)
    return Verdict(hashed=hashed)


def remove(name: str) -> None:
    """Delete a model that was downloaded, or a checkpoint folder; never what came with the program.

    Raises UserError where there is nothing to delete, or the system refuses.
    """
    if name in packaged.PACKAGED:
        _delete(packaged.find(name, download=False))
    elif name in recognisers.PACKAGED:
        recognisers.remove(name)
    elif any(model.id == name and model.kind == "text" for model in _own_texts()):
        _delete(text_models_folder() / name)
    elif hub.is_id(name) and not Path(name).expanduser().exists():
        hub.remove(name)
    else:
        folder = bark.find_here(name)
        if folder.resolve() == bark.STARTER.resolve():
            raise UserError(f"{name} comes with the program and stays: it is not removed")
        bark.remove(folder)


def _place(name: str) -> Path:
    if name in packaged.PACKAGED or any(model.id == name for model in _own_texts()):
        return packaged.find(name, download=False)
    if name in recognisers.PACKAGED:
        return recognisers.find(name)
    if hub.is_id(name) and not Path(name).expanduser().is_dir():
        folder = hub.snapshot(name)
        if folder is None:
            raise UserError(f"{name} is not on this machine: there is nothing to verify")
        return folder
    return bark.find_here(name)


def _from_hub(name: str, kind: str) -> ModelInfo:
    folder = hub.snapshot(name)
    state = hub.state(name) if kind == "speech" else "here"
    if state == "absent":
        folder, size = None, bark.PUBLISHED.get(name, 0)
    else:
        size = hub.size(hub.repository_folder(name))
    return ModelInfo(
        id=name,
        kind=kind,
        state=state,
        folder=folder or (hub.repository_folder(name) if state == "partial" else None),
        size=size,
        source=f"huggingface.co/{name}",
        license="MIT" if name in bark.PUBLISHED else "",
        removable=state != "absent",
    )


def _kind(folder: Path | None) -> str:
    """ "speech", "text", "listening", or "" for a folder that is none of these."""
    if folder is not None:
        with suppress(OSError, ValueError, UserError):
            stored = read_object(folder / "config.json")
            model_type = stored.get("model_type")
            if recognisers.is_recogniser(folder):
                return "listening"
            is_text = isinstance(model_type, str) and model_type in FAMILIES
            return "speech" if model_type == "bark" else "text" * is_text
    return ""


def _packaged(name: str) -> ModelInfo:
    model = packaged.PACKAGED[name]
    file = text_models_folder() / Path(model.member).name
    here = file.exists()
    return ModelInfo(
        id=name,
        kind="text",
        state="here" if here else "absent",
        folder=file.parent if here else None,
        size=file.stat().st_size if here else model.size,
        source=f"pypi.org/project/{model.requirement.partition('==')[0]}",
        license=model.license,
        removable=here,
        resumable=False,
    )


def _recogniser(name: str) -> ModelInfo:
    model, folder = recognisers.PACKAGED[name], recognisers.folder_of(name)
    here = recognisers.is_recogniser(folder)
    return ModelInfo(
        id=name,
        kind="listening",
        state="here" if here else "absent",
        folder=folder if here else None,
        size=hub.size(folder) if here else model.size,
        source=f"pypi.org/project/{model.wheels[0].requirement.partition('==')[0]}",
        license=model.license,
        removable=here,
        resumable=False,
    )


def _own_texts() -> list[ModelInfo]:
    """What else lies in the folder of text models."""
    folder, found = text_models_folder(), []
    known = {Path(model.member).name for model in packaged.PACKAGED.values()}
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if path.name in known or path.name.startswith("."):
                continue
            if path.suffix == ".gguf" or _kind(path) == "text":
                size = hub.size(path) if path.is_dir() else path.stat().st_size
                found.append(
                    ModelInfo(
                        id=path.name,
                        kind="text",
                        state="here",
                        folder=folder,
                        size=size,
                        removable=True,
                    )
                )
    return found


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise UserError(f"cannot remove {path}: {reason_of(error)}; close what uses it") from error
