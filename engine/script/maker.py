"""What speaks, by content: the hashes under which takes are kept, and what goes on with a project.
No framework is imported before it is needed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.models.fingerprint import model_hash, voice_hash
from engine.script.project import Project
from engine.script.reading import JAPANESE, MORAS
from engine.script.recipe import Maker
from engine.settings import Settings

Resolve = Callable[[Settings], dict[str, Any]]


_FASTEST_FIRST = ("float16", "int8", "bfloat16", "float32")


class OtherMachine(UserError):
    """What a project is pinned to cannot be had here: another model, another arithmetic."""


def identify(
    project: Project,
    settings: Settings,
    model: Path,
    name: str = "",
    resolve: Resolve | None = None,
) -> Maker:
    """What these settings and this model are for a project, by content. name: what people call the
    model. resolve: as `token_settings`, where other machines speak. Raises UserError for a voice or
    model that is not there, and for settings that this machine cannot do."""
    from engine.bark.tokenizer import reads_moras

    read = {JAPANESE: MORAS} if reads_moras(model) else {}
    return Maker(
        model=model_hash(model),
        settings=(resolve or token_settings)(settings) | read,
        voices=_voices(project, model),
        name=name,
    )


def further_maker(
    project: Project,
    settings: Settings,
    model: Path,
    name: str = "",
    resolve: Resolve | None = None,
) -> Maker:
    """What further rows of a project are spoken by: what it is pinned to, and nothing is asked of
    the machine, or as `identify`. settings, model: those that go on with it. Raises UserError as
    `identify` does."""
    now = project.maker
    if now is None or not project.pinned or not _says_all(now):
        return identify(project, settings, model, name, resolve)
    return dataclasses.replace(now, voices=_voices(project, model))


def _says_all(maker: Maker) -> bool:
    """Whether it is known how a maker computes. Version 0.1.0 did not say."""
    return maker.settings.get("precision") == "float32" or "arithmetic" in maker.settings


def _voices(project: Project, model: Path) -> dict[str, str]:
    in_use = project.voices_in_use()
    return {name: voice_hash(project.voice_path(name), model) for name in in_use}


def token_settings(settings: Settings) -> dict[str, Any]:
    """The settings that change tokens, as they are on this machine, and the word of its arithmetic
    (engine/bark/arithmetic.py). Raises UserError for what it cannot do."""
    changing = {
        option.name: getattr(settings, option.name)
        for option in dataclasses.fields(settings)
        if not option.metadata["exact"]
    }
    if changing["precision"] != "float32":
        changing["precision"], word = _resolved(settings)
        if word:
            changing["arithmetic"] = word
    changing["unpadded"] = settings.leaves_out_padding(changing["precision"])
    return changing


def words_here(settings: Settings) -> list[tuple[str, str]]:
    """In which classes of arithmetic this machine can compute what is asked for, the fastest first:
    precision and word, "" for float32."""
    auto = settings.precision == "auto"
    found: dict[tuple[str, str], None] = {}
    for precision in _FASTEST_FIRST if auto else (settings.precision,):
        for candidate in _ways_to_compute(settings.replace(precision=precision)):
            with suppress(UserError):
                found[_resolved(candidate)] = None
    return list(found)


def token_settings_in(settings: Settings, precision: str, word: str) -> dict[str, Any]:
    """As `token_settings`, of a machine that computes in this class."""
    plain = token_settings(settings.replace(precision="float32"))
    plain["unpadded"] = settings.leaves_out_padding(precision)
    return plain | {"precision": precision} | ({"arithmetic": word} if word else {})


def going_on(maker: Maker, settings: Settings) -> Settings:
    """The settings with which this machine speaks as a pinned project was spoken. settings: what
    changes no token is taken from them, where that can be. Raises OtherMachine."""
    fields = {option.name for option in dataclasses.fields(Settings)}
    pinned = {name: value for name, value in maker.settings.items() if name in fields}
    own = settings.replace(**pinned)
    word = maker.settings.get("arithmetic", "")
    if own.precision == "float32" or not word:
        return own
    here: dict[str, None] = {}
    for candidate in _ways_to_compute(own):
        try:
            here[_resolved(candidate)[1]] = None
        except UserError:
            continue
        if word in here:
            return candidate
    if not here:
        raise OtherMachine(f"this project is spoken in {word}, and this machine has none of it")
    able = ", ".join(here)
    raise OtherMachine(f"this project is spoken in {word}, and this machine computes in {able}")


def _ways_to_compute(settings: Settings) -> Iterator[Settings]:
    """The settings, and those that compute otherwise, in one precision."""
    yield settings
    for device in ("auto", "cpu"):
        for attention in ("fused", "eager"):
            for kernel in ("auto", "torch"):
                offload = settings.offload and device != "cpu"
                yield settings.replace(
                    device=device, attention=attention, kernel=kernel, offload=offload
                )


def _resolved(settings: Settings) -> tuple[str, str]:
    """Precision and arithmetic of this machine."""
    # torch: only this machine's answer needs it
    from engine.bark.arithmetic import arithmetic
    from engine.bark.engine import choose

    compute = choose(settings)
    return compute.precision, arithmetic(compute)
