"""The commands `models` and `voices`, and which model a command takes.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.exit_codes import OK
from engine.cli.judge import add_judge, add_sentences, judging
from engine.cli.options import Parser, add_model
from engine.cli.progress import download_line
from engine.errors import UserError
from engine.models import bark, random_weights

if TYPE_CHECKING:
    from engine.api import VoiceFacts

_LANGUAGES = {"en": "English", "ja": "Japanese"}  # that a voice may name; others by their codes


def add_arguments(parser: Parser) -> None:
    """Give the parser the actions of `models`."""
    parser.set_defaults(run=list_models)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    for name, run, help in (
        ("list", list_models, "show the models that are known and those that are here"),
        ("get", get_model, "download a model, so that it works without a network"),
        ("verify", verify_model, "read every file of a model again and say whether it is whole"),
        ("remove", remove_model, "delete a model from the disk, without a question"),
        ("random", random_model, "write a checkpoint of random weights"),
    ):
        action = actions.add_parser(name, help=help, description=help)
        action.set_defaults(run=run)
        if name == "get":
            known = "a Hub id such as suno/bark-small (1.7 GB), smollm2 or whisper-base"
            action.add_argument("id", metavar="ID", help=known)
        elif name in ("verify", "remove"):
            known = "what `models list` calls it, or its folder"
            action.add_argument("id", metavar="ID", help=known)
        elif name == "random":
            kinds = random_weights.KINDS
            action.add_argument("kind", choices=kinds, help="its published dimensions")
            action.add_argument("folder", type=Path, metavar="FOLDER", help="where to write it")
            action.add_argument("--seed", type=int, default=0, metavar="N", help="(default: 0)")


def add_voices_arguments(parser: Parser) -> None:
    """Give the parser the options of `voices`."""
    parser.set_defaults(run=list_voices)
    add_model(parser)
    parser.add_argument("--like", default="", metavar="TEXT", help="only names that hold this")
    add_judge(
        parser,
        "whisper-base",
        "have a recogniser hear each voice, and list those first that are understood best",
    )
    add_sentences(parser, 6)


def find_model(name: str | None) -> Path:
    """The checkpoint folder to use. Downloads a Hub id that is not here yet."""
    if name is not None:
        with download_line(name) as tell:
            return bark.find(name, tell)
    if bark.STARTER.is_dir():
        return bark.STARTER
    raise UserError(
        "no model is chosen: --model suno/bark-small downloads one (1.7 GB, once), "
        "and --model FOLDER takes a checkpoint that is here"
    )


def list_models(args: argparse.Namespace) -> int:
    """Print one line a model: its name, and where it is or how to get it."""
    from engine.models import catalog

    for model in catalog.models():
        size = f"{model.size / 1e9:.1f} GB" if model.size >= 1e8 else f"{model.size / 1e6:.0f} MB"
        place = {
            "here": str(model.folder),
            "partial": f"half downloaded; go on with: models get {model.id}",
            "absent": f"not here; {size} to download",
        }[model.state]
        print(f"{model.id:<20} {place}")
    return OK


def get_model(args: argparse.Namespace) -> int:
    """Download a model, or go on downloading it; print its folder."""
    from engine.models import catalog

    with download_line(args.id) as tell:
        folder = catalog.download(args.id, tell)
    print(folder)
    return OK


def verify_model(args: argparse.Namespace) -> int:
    """Read every file of a model again; say whether it is whole."""
    from engine.models import catalog

    with download_line(args.id) as tell:
        verdict = catalog.verify(args.id, tell)
    if verdict.wrong:
        raise UserError(verdict.wrong)
    if verdict.hashed:
        print(f"{args.id} is complete and undamaged")
    else:
        print(f"{args.id} looks undamaged: headers and syntax were checked, for lack of hashes")
    return OK


def remove_model(args: argparse.Namespace) -> int:
    """Delete a model from the disk."""
    from engine.models import catalog

    catalog.remove(args.id)
    print(f"{args.id} is removed")
    return OK


def random_model(args: argparse.Namespace) -> int:
    """Write a checkpoint with the published dimensions and random weights."""

    def report(file: str) -> None:
        print(file, file=sys.stderr)

    random_weights.write_random(args.kind, args.folder, seed=args.seed, report=report)
    print(f"{args.folder} holds {args.kind} with random weights: for measuring, not for hearing")
    return OK


def list_voices(args: argparse.Namespace) -> int:
    """Print the names of a model's voices, one a line, with language and kind where it says so."""
    from engine.bark.voice_facts import read_voice_facts
    from engine.bark.voices import presets

    folder = find_model(args.model)
    names = [name for name in presets(folder) if args.like in name]
    if not names:
        like = f" with {args.like} in its name" if args.like else ""
        print(f"bark-studio: this model brings no voices{like}", file=sys.stderr)
    elif args.judge is not None:
        _print_judged(folder, names, args)
    else:
        about, width = read_voice_facts(folder), max(map(len, names))
        for name in names:
            print(f"{name:<{width}}  {_said_of(about.get(name))}".rstrip())
    return OK


def _said_of(voice: VoiceFacts | None) -> str:
    """ "English, a woman"; "" where nothing is known."""
    if voice is None:
        return ""
    languages = " and ".join(_LANGUAGES.get(code, code) for code in voice.languages)
    return ", ".join(filter(None, (languages, f"a {voice.kind}" if voice.kind else "")))


def _print_judged(folder: Path, names: list[str], args: argparse.Namespace) -> None:
    """Print how well each voice is understood, the best first."""
    from engine.bench.voices import judge

    def tell(words: str) -> None:
        print(words, file=sys.stderr)

    with judging(args.judge) as ears:
        found = judge(folder, names, ears, args.sentences, tell)
    width = max(map(len, names))
    for one in found:
        words = one.share.in_words() if one.share is not None else f"not judged: {one.why}"
        print(f"{one.voice:<{width}}  {words}")
    print(
        f"words that {args.judge} heard otherwise in up to {args.sentences} sentences, one take "
        "each, with 95 % bounds; a recogniser errs by itself, so voices can be compared, and only "
        "in one language",
        file=sys.stderr,
    )
