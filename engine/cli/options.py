"""Options that several commands have, made from Settings and the words of api.

Standard library only at import: `--help` works on a bare interpreter.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from engine.cli.exit_codes import USER_ERROR
from engine.errors import UserError
from engine.recordings.ownership import Permission, identities
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.api import SpeechSampling


class Parser(argparse.ArgumentParser):
    """An argparse parser that answers a mistake with one sentence instead of a page of usage.

    fill: adds its options when they are needed, so that a start pays for one command, not for all.
    """

    def __init__(
        self, *arguments: Any, fill: Callable[[Parser], None] | None = None, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._fill = fill
        self.notes_given = False  # whether `given` is filled: what the user typed, by name

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """argparse's own, with all options."""
        self.filled()
        if not self.notes_given:
            return super().parse_known_args(args, namespace)
        words = list(sys.argv[1:] if args is None else args)
        found = super().parse_known_args(words, namespace)
        defaults = [(action, action.default) for action in self._actions]
        own, self._defaults = self._defaults, {}
        try:  # once more, and nothing but what is typed comes out
            for action, _ in defaults:
                action.default = argparse.SUPPRESS
            typed, _ = super().parse_known_args(words, argparse.Namespace())
        finally:
            self._defaults = own
            for action, default in defaults:
                action.default = default
        found[0].given = frozenset(vars(typed))
        return found

    def format_help(self) -> str:
        """argparse's own, with all options."""
        return super(Parser, self.filled()).format_help()

    def filled(self) -> Parser:
        """This parser, with all its options."""
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self)
        return self

    def error(self, message: str) -> NoReturn:
        """Print the sentence and exit with 2."""
        self.exit(USER_ERROR, f"{self.prog}: {message}; see {self.prog} --help\n")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Give the parser --model, for speech."""
    parser.add_argument(
        "--model",
        metavar="FOLDER|ID",
        help="a checkpoint folder, or a Hub id such as suno/bark-small, which is downloaded once "
        "(default: the starter voice in resources/, if it is there)",
    )


def needs_text(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    """Make a command of what writes texts, which asks before it installs what that needs."""
    parser.add_argument(
        "--yes",
        action="store_true",
        help="install TensorFlow without asking, where it is missing (about 600 MB)",
    )
    parser.set_defaults(run=run, needs_text=True)


def add_permission(parser: argparse.ArgumentParser, *, number: bool = False) -> None:
    """Give the parser the options that `permission_from` reads. number: also --number."""
    others = parser.add_mutually_exclusive_group() if number else parser
    others.add_argument(
        "--overwrite",
        action="store_true",
        help="replace files that this program did not write, or that were changed since (default: "
        "refuse them before any work)",
    )
    if number:
        others.add_argument(
            "--number",
            action="store_true",
            help='write beside such files instead, with " (2)" in the name',
        )


def permission_from(arguments: argparse.Namespace, *reads: Path | str | None) -> Permission:
    """What the user allows. reads: files that are read, which are never replaced."""
    return Permission(
        overwrite=arguments.overwrite,
        number=getattr(arguments, "number", False),
        inputs=identities(Path(path).expanduser() for path in reads if path is not None),
    )


def add_settings(parser: argparse.ArgumentParser, *, without: Collection[str] = ()) -> None:
    """Give the parser one option for each field of Settings but those named."""
    group = parser.add_argument_group("how to compute")
    for option in dataclasses.fields(Settings):
        if option.name in without:
            continue
        flag = "--" + option.name.replace("_", "-")
        help = option.metadata["help"].replace("%", "%%")
        if isinstance(option.default, bool) or True in option.metadata["choices"]:
            group.add_argument(
                flag, action=argparse.BooleanOptionalAction, default=option.default, help=help
            )
        elif option.metadata["choices"]:
            group.add_argument(
                flag,
                choices=option.metadata["choices"],
                default=option.default,
                help=f"{help} (default: {option.default})",
            )
        else:
            group.add_argument(
                flag,
                type=type(option.default),
                default=option.default,
                metavar="N",
                help=f"{help} (default: {option.default})",
            )


def settings_from(arguments: argparse.Namespace, **others: Any) -> Settings:
    """The Settings of what `add_settings` parsed, and of the others, which it left out.

    Raises UserError for an impossible value.
    """
    names = [option.name for option in dataclasses.fields(Settings) if option.name not in others]
    try:
        return Settings(**{name: getattr(arguments, name) for name in names}, **others)
    except ValueError as error:
        raise UserError(str(error)) from error


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options that `sampling_from` reads."""
    sampling = parser.add_argument_group(
        "sampling",
        "One number counts for the semantic and the coarse stage; three numbers with commas are "
        "semantic,coarse,fine. A temperature that is not given is the checkpoint's.",
    )
    for flag, kind, default, help in (
        ("--temperature", float, None, "0 is greedy, higher is livelier"),
        ("--top-k", int, 0, "choose among the K likeliest tokens; 0, the default, is all"),
        ("--top-p", float, 1.0, "choose among the likeliest that sum to this probability"),
    ):
        sampling.add_argument(
            flag,
            type=_per_stage(kind, default),
            default=(default, default, default),
            metavar="X[,Y,Z]",
            help=help,
        )
    sampling.add_argument(
        "--min-eos-p",
        type=float,
        metavar="P",
        help="end as soon as the end is this probable; the original Bark uses 0.2",
    )
    sampling.add_argument(
        "--greedy", action="store_true", help="always the likeliest token, in every stage"
    )


def _per_stage(
    kind: type[int] | type[float], fine: float | None
) -> Callable[[str], tuple[Any, Any, Any]]:
    """For argparse: "0.7" → (0.7, 0.7, fine), "0.7,0.6,0.5" → all three stages."""

    def parse(text: str) -> tuple[Any, Any, Any]:
        try:
            numbers = [kind(part) for part in text.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) == 1:
            return numbers[0], numbers[0], fine
        if len(numbers) == 3:
            return numbers[0], numbers[1], numbers[2]
        raise argparse.ArgumentTypeError(f"one number or three with commas, not {text!r}")

    return parse


def sampling_from(args: argparse.Namespace) -> SpeechSampling:
    """The sampling of what `add_sampling` parsed. Raises UserError, ValueError."""
    from engine.api import SpeechSampling, StageSampling

    semantic, coarse, fine = (
        StageSampling(temperature=t, top_k=k, top_p=p)
        for t, k, p in zip(args.temperature, args.top_k, args.top_p, strict=True)
    )
    sampling = SpeechSampling(semantic=semantic, coarse=coarse, fine=fine, min_eos_p=args.min_eos_p)
    if not args.greedy:
        return sampling
    if sampling != SpeechSampling():
        raise UserError("--greedy fixes the sampling: leave out the other sampling options")
    return SpeechSampling.greedy()
