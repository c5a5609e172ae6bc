"""How a script of a conversion is spoken: as its project was begun, or otherwise on purpose.

Standard library only at import.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import UserError
from engine.models import bark
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.script.maker import Resolve
    from engine.script.project import Project
    from engine.script.recipe import Maker, Recipe
    from engine.script.row_limits import Divided
    from engine.script.rows import ScriptRow

REMAKE, MIX = "remake", "mix"
_COMPUTING = (
    "precision",
    "device",
    "kernel",
    "attention",
)  # options that an arithmetic follows from
_TOKENS = ("precision", "long_window", "unpadded")
_SAMPLING = ("temperature", "top_k", "top_p")
_RECIPE = ("seed", "takes", "history", "anchor", "max_seconds", "semantic_tokens", "numbers")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a run asks for. given: names of the options that the user typed; only those can differ
    from what a project is pinned to. change: REMAKE, MIX, or "" to refuse a difference."""

    settings: Settings
    recipe: Recipe
    model: str | None = None
    given: frozenset[str] = frozenset()
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class Going:
    """How a script is spoken. model: the checkpoint; None where none is here, in a dry run. name:
    what people call it. change: whether the project is to be pinned to this: REMAKE, MIX or "".
    unsure: whether this machine computes as the project was begun is asked by `check`, where there
    is something to speak: the answer imports a framework. resolve: as of `identify`, where other
    machines speak. gone: why what the project is pinned to cannot speak, an earlier edition of the
    starter voice; `check` refuses that where there is something to speak. paces_of: its content."""

    settings: Settings
    recipe: Recipe
    model: Path | None
    name: str
    change: str = ""
    unsure: bool = False
    resolve: Resolve | None = None
    gone: str = ""
    paces_of: str = ""

    def maker(self, project: Project) -> Maker:
        """What speaks the rows of a project. Raises UserError."""
        from engine.script.maker import further_maker, identify

        if self.gone and project.maker is not None:
            return project.maker
        assert self.model is not None
        by = identify if self.change else further_maker
        return by(project, self.settings, self.model, self.name, self.resolve)


FindModel = Callable[[str | None], "Path | None"]


class Goings:
    """How every script of a conversion goes on, looked up before any work."""

    def __init__(
        self,
        asked: Asked,
        voices: Mapping[str, str | None],
        find_model: FindModel,
        *,
        fresh: bool,
    ) -> None:
        """voices: those that the run gives, by speaker. fresh: what earlier runs have left does not
        count."""
        self._asked = asked
        self._voices = dict(voices)
        self._folders: dict[Path, Path] = {}  # of the projects
        self._find_model = find_model
        self._fresh = fresh
        self._resolve: Resolve | None = None
        self._models: dict[str | None, Path | None] = {}
        self._of: dict[Path, Going] = {}
        self._sheets: dict[Path, dict[str, str | None]] = {}
        self._paths: dict[Path, dict[str, str]] = {}  # of the project's own voices

    def __getitem__(self, source: Path) -> Going:
        return self._of[source]

    def elsewhere(self, resolve: Resolve) -> None:
        """Other machines speak, which say themselves whether they compute as a project was begun.
        resolve: as of `identify`, for new ones."""
        self._resolve = resolve

    def begin(self, source: Path, folder: Path) -> None:
        """See which voices a script has. folder: of its project."""
        self._folders[source] = folder
        made = self.made(source)
        voices = {} if made is None else made.voices
        self._sheets[source] = {**voices, **self._voices}
        paths = {} if made is None else {v: made.voice_path(v) for v in voices.values() if v}
        self._paths[source] = paths

    def look_up(self, source: Path) -> None:
        """See how a script's project was begun. Raises UserError where the run asks for another
        way."""
        going = go_on(self.made(source), self._asked, self._find)
        self._of[source] = dataclasses.replace(going, resolve=self._resolve)

    def made(self, source: Path) -> Project | None:
        """What earlier runs have left of a script, where that counts."""
        from engine.script.project import Project

        if not self._fresh:
            with suppress(UserError):  # there is none yet
                return Project(self._folders[source])
        return None

    def voice_of(self, source: Path, row: ScriptRow) -> str | None:
        """The voice of a row, as in SpeechRow: what the run says, what its project has, or None."""
        voice = self.voice_name(source, row)
        return None if voice is None else self._paths[source].get(voice, voice)

    def voice_name(self, source: Path, row: ScriptRow) -> str | None:
        """The same, as the project calls it."""
        sheet = self._sheets[source]
        return row.voice or sheet.get(row.speaker) or sheet.get("")

    def create(
        self, source: Path, folder: Path, rows: Divided, *, program: str, take_over: bool
    ) -> Project:
        """The project of a script. program, take_over: as in Project.create; "" is a look at what
        it would be, in another folder. Raises UserError."""
        from engine.script.project import Project

        going, sheet = self._of[source], self._sheets[source]
        recipe = None if program and going.change else going.recipe
        if not program:
            paths = self._paths[source]
            sheet = {name: paths.get(voice or "", voice) for name, voice in sheet.items()}
        return Project.create(
            folder, rows.script, recipe, sheet, rows.paces, program=program, take_over=take_over
        )

    def pin(self, source: Path, project: Project) -> None:
        """Settle what speaks a project. Raises UserError for a voice that is missing."""
        going = self._of[source]
        if self._fresh:
            project.begin_anew()
        maker = going.maker(project)
        if going.change == REMAKE:
            project.speak_anew(maker, going.recipe)
        elif going.change == MIX:
            project.mix(maker, going.recipe)
        project.set_maker(maker)

    def check(self, source: Path, project: Project) -> Going:
        """How a script is spoken, now that its rows are known. Raises UserError where they cannot
        be spoken as they were begun."""
        going = self._of[source]
        here = self._resolve is not None or not going.unsure
        if (here and not going.gone) or all(state.settled for state in project.states()):
            return going
        if going.gone:
            raise _refusal(project, [going.gone], typed=False)
        from engine.script.maker import OtherMachine, going_on

        assert project.maker is not None
        try:
            settings = going_on(project.maker, going.settings)
        except OtherMachine as error:
            raise _refusal(project, [str(error)], typed=False) from error
        self._of[source] = dataclasses.replace(going, settings=settings, unsure=False)
        return self._of[source]

    def _find(self, name: str | None) -> Path | None:
        if name not in self._models:
            self._models[name] = self._find_model(name)
        return self._models[name]


def go_on(project: Project | None, asked: Asked, find_model: FindModel) -> Going:
    """How to go on. project: the one that is there. find_model: a name, or None for the default.

    Raises UserError where what is asked for differs from what the project is pinned to.
    """
    if project is None or not project.pinned or project.maker is None:
        recipe = asked.recipe
        return Going(
            settings=asked.settings,
            recipe=recipe,
            model=find_model(asked.model),
            name=name_of(asked.model),
        )
    pinned = project.maker
    differences: list[str] = []
    recipe = merged(project.recipe, asked.recipe, asked.given)
    differences += _differing(project.recipe, recipe)
    model, name, gone = _model(pinned, asked, find_model)
    settings, words, unsure = _settings(pinned, asked)
    differences += words
    paces_of = ""
    updated = "model" not in asked.given and bark.is_starter(pinned.name, pinned.model)
    if gone and updated and not differences and not asked.change:
        paces_of = pinned.model  # where nothing is to be spoken, nothing is amiss
    elif gone:
        differences, gone = [*differences, gone], ""
    if asked.change == MIX and (recipe.history, recipe.anchor) != (
        project.recipe.history,
        project.recipe.anchor,
    ):
        raise UserError(
            f"{project.folder.name}: rows that continue each other and rows that do not cannot be "
            "mixed: take --remake for all rows"
        )
    if differences and not asked.change:
        raise _refusal(project, differences, typed=bool(asked.given))
    change = asked.change if differences or asked.change == REMAKE else ""
    return Going(
        settings=settings,
        recipe=recipe,
        model=model,
        name=name,
        change=change,
        unsure=unsure,
        gone=gone,
        paces_of=paces_of,
    )


def _refusal(project: Project, differences: Sequence[str], *, typed: bool) -> UserError:
    go_on = "leave that out to go on, or " if typed else ""
    return UserError(
        f"{project.folder} was begun otherwise: {'; '.join(differences)}: {go_on}add --remake (all "
        "rows anew) or --mix (missing rows only)"
    )


def name_of(model: str | None) -> str:
    """What a project calls a model: an id, or the whole path of a folder."""
    if model is None:
        return bark.STARTER.name
    folder = Path(model).expanduser()
    return str(folder.resolve()) if folder.is_dir() else model


def merged(pinned: Recipe, asked: Recipe, given: Collection[str]) -> Recipe:
    """The pinned recipe with what the user typed. Replacements always are those of the run: they
    are part of the text, and concern only the rows that hold them."""
    changes: dict[str, Any] = {name: getattr(asked, name) for name in _RECIPE if name in given}
    if "listen" in given and asked.listen:
        changes |= {"listen": asked.listen, "listener": asked.listener}
        if asked.listen != pinned.listen:  # else what was heard counts as it did
            changes |= {"probable": asked.probable, "believed": asked.believed}
    if "misheard" in given:
        changes["misheard"] = asked.misheard
    if changes.get("history") == "constant":
        changes.setdefault("anchor", 0)
    if "greedy" in given:
        changes["sampling"] = asked.sampling
    else:
        sampling = pinned.sampling
        for stage in ("semantic", "coarse", "fine"):
            new = {n: getattr(getattr(asked.sampling, stage), n) for n in _SAMPLING if n in given}
            own = dataclasses.replace(getattr(sampling, stage), **new)
            sampling = dataclasses.replace(sampling, **{stage: own})
        if "min_eos_p" in given:
            sampling = dataclasses.replace(sampling, min_eos_p=asked.sampling.min_eos_p)
        changes["sampling"] = sampling
    try:
        return dataclasses.replace(pinned, replacements=asked.replacements, **changes)
    except ValueError as error:
        raise UserError(str(error)) from error


def _differing(pinned: Recipe, recipe: Recipe) -> list[str]:
    words = [
        f"--{name} {getattr(pinned, name)}, and now {getattr(recipe, name)}"
        for name in _RECIPE
        if name != "numbers" and getattr(pinned, name) != getattr(recipe, name)
    ]
    if pinned.numbers != recipe.numbers:
        words.append(f"{_with(pinned.numbers)} --numbers, and now {_with(recipe.numbers)}")
    if pinned.listen:  # what was begun without a recogniser may be heard at any time
        if pinned.listen != recipe.listen:
            words.append(f"heard by {_listener(pinned)}, and now by {_listener(recipe)}")
        if pinned.misheard != recipe.misheard:
            before, now = _said(pinned.misheard), _said(recipe.misheard)
            words.append(f"--misheard {before}, and now {now}")
    for name in (*_SAMPLING, "min_eos_p"):
        before, now = _values(pinned, name), _values(recipe, name)
        if before != now:
            words.append(f"--{name.replace('_', '-')} {before}, and now {now}")
    return words


def _listener(recipe: Recipe) -> str:
    return f"{recipe.listener} ({recipe.listen[:8]})"


def _values(recipe: Recipe, name: str) -> str:
    """A value of the sampling as it is typed."""
    sampling = recipe.sampling
    if name == "min_eos_p":
        return _said(sampling.min_eos_p)
    stages = (sampling.semantic, sampling.coarse, sampling.fine)
    return ",".join(_said(getattr(stage, name)) for stage in stages)


def _said(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _model(pinned: Maker, asked: Asked, find_model: FindModel) -> tuple[Path | None, str, str]:
    """The checkpoint that speaks, its name, and in what it differs."""
    from engine.models.catalog import find_content
    from engine.models.fingerprint import model_hash

    if "model" not in asked.given:
        place = find_content(pinned.model, pinned.name)
        if place is not None:
            return place, pinned.name, ""
    place, name = find_model(asked.model), name_of(asked.model)
    if place is None:
        return None, name, ""
    content = model_hash(place)
    if content == pinned.model:
        return place, pinned.name or name, ""
    if "model" not in asked.given and bark.is_starter(pinned.name, pinned.model):
        words = "by an earlier edition of the voice that comes with the program"
        return place, name, f"{words} ({pinned.model[:8]}, and now {content[:8]})"
    words = f"by the model {pinned.model_in_words()}"
    if "model" not in asked.given:
        words += ", which is not here"
    return place, name, f"{words}, and now {name} ({content[:8]})"


def _settings(pinned: Maker, asked: Asked) -> tuple[Settings, list[str], bool]:
    """The settings that speak, where they differ, and whether that is not sure yet."""
    from engine.script.maker import OtherMachine, going_on, token_settings

    typed = asked.given & {*_TOKENS, *_COMPUTING}
    if "precision" in typed and asked.settings.precision == "auto":
        typed -= {"precision"}  # it is resolved once a project
    kept = {
        name: value
        for name, value in pinned.settings.items()
        if name in _TOKENS and name not in typed
    }
    wanted = asked.settings.replace(**kept)
    words = [
        f"{_with(pinned.settings.get(name))} --{name.replace('_', '-')}, and now {_with(now)}"
        for name, now in (
            ("long_window", wanted.long_window),
            ("unpadded", wanted.leaves_out_padding(str(pinned.settings["precision"]))),
        )
        if bool(pinned.settings.get(name)) != now
    ]
    if wanted.precision == pinned.settings["precision"] and not typed & set(_COMPUTING[1:]):
        if not asked.change:
            return wanted, words, True
        own = {name: getattr(wanted, name) for name in _TOKENS}
        try:
            return going_on(pinned, wanted).replace(**own), words, False
        except OtherMachine as error:
            return wanted, [str(error), *words], False
    now = token_settings(wanted)
    before, word = _arithmetic(pinned.settings), _arithmetic(now)
    if "arithmetic" not in pinned.settings:  # version 0.1.0 did not say more
        word = str(now["precision"])
    return wanted, [f"in {before}, and now in {word}"] * (before != word) + words, False


def _with(is_on: Any) -> str:
    return "with" if is_on else "without"


def _arithmetic(settings: Any) -> str:
    return str(settings.get("arithmetic") or settings.get("precision", "float32"))
