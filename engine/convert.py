"""The command `convert`: text files to finished recordings, unattended, taken up where it stopped.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from engine import say, terminal
from engine.batch import PROJECT, FindModel, Orders, Work
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.recordings.plan import Delivery
    from engine.script.selection import Recipe

_FORMATS = ("wav", "wav24", "wav-float", "flac", "ogg", "mp3", "opus", "m4b")
_LOUDNESS = ("-16", "-18", "-23", "audiobook", "none")
_POLL = 1.0  # seconds between two looks at a watched folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of `convert`, but for --model."""
    parser.add_argument(
        "inputs",
        nargs="*",
        type=Path,
        metavar="FILE|FOLDER",
        help="TXT, Markdown, SRT, VTT, CSV, TSV or EPUB; a folder stands for all such files in it",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="where the recordings go"
    )
    parser.add_argument(
        "--watch", type=Path, metavar="FOLDER", help="convert what is put there, until Ctrl-C"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show the rows and predicted times, and stop"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the summary, for programs")
    again = parser.add_mutually_exclusive_group()
    again.add_argument(
        "--resume",
        action="store_false",
        dest="fresh",
        default=False,
        help="use what earlier runs have made (the default)",
    )
    again.add_argument(
        "--fresh", action="store_true", help="throw away what earlier runs have made"
    )
    speech = parser.add_argument_group("how it is spoken")
    speech.add_argument(
        "--voice",
        metavar="NAME|FILE.npz",
        help="a preset of the model (see `voices`) or a voice file (default: the model makes one "
        "up for the first row and keeps it)",
    )
    speech.add_argument(
        "--speaker",
        action="append",
        default=[],
        metavar="NAME=VOICE",
        help="the voice of one speaker; may be given several times",
    )
    speech.add_argument(
        "--takes",
        type=int,
        default=3,
        metavar="N",
        help="speak a row that fails its check again, until it has so many (default: 3)",
    )
    speech.add_argument("--seed", type=int, default=0, metavar="N", help="(default: 0)")
    speech.add_argument(
        "--history",
        choices=("constant", "continue"),
        default="constant",
        help="constant: every row starts from its voice; continue: each row continues the one "
        "before, so that rows are spoken one by one (default: constant)",
    )
    speech.add_argument(
        "--anchor",
        type=int,
        default=0,
        metavar="N",
        help="with --history continue: start from the voice again every N rows",
    )
    speech.add_argument(
        "--replace", type=Path, metavar="FILE", help="pronunciation: lines such as SQL==sequel"
    )
    speech.add_argument("--language", metavar="CODE", help="such as de (default: guessed)")
    speech.add_argument(
        "--longest", type=float, default=11.0, metavar="S", help="seconds of a row (default: 11)"
    )
    sound = parser.add_argument_group("what is written")
    sound.add_argument("--format", choices=_FORMATS, default="wav", help="(default: wav)")
    sound.add_argument(
        "--per",
        choices=("file", "chapter", "row"),
        default="file",
        help="one recording for each (default: file)",
    )
    sound.add_argument(
        "--name",
        metavar="TEMPLATE",
        help="of the recordings, from {script} {id} {speaker} {voice} {chapter} {number} {ext}",
    )
    sound.add_argument(
        "--loudness",
        choices=_LOUDNESS,
        default="-18",
        help="LUFS; audiobook: as shops ask for, 44.1 kHz, MP3 at 192 kbit/s; none: as spoken "
        "(default: -18)",
    )
    sound.add_argument("--rate", type=int, metavar="HZ", help="(default: the model's)")
    sound.add_argument("--stereo", action="store_true", help="the same sound in two channels")
    sound.add_argument("--bitrate", type=int, metavar="KBIT", help="of mp3, opus and m4b")
    sound.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="KEY=TEXT",
        help="title, artist, album, genre, comment, date, copyright; several times",
    )
    sound.add_argument(
        "--subtitles",
        action="append",
        choices=("srt", "vtt"),
        default=[],
        help="beside every recording; several times",
    )
    say.add_sampling(parser)
    terminal.add_settings(parser, without=("early_sound",))


def run(args: argparse.Namespace, find_model: FindModel) -> int:
    """Convert all inputs, then what comes into the watched folder."""
    if not args.inputs and args.watch is None:
        raise UserError("there is nothing to convert: name a text file or a folder, or --watch one")
    if args.watch is not None and not args.watch.is_dir():
        raise UserError(f"there is no folder {args.watch} to watch: make it first")
    orders = Orders(
        settings=terminal.settings_from(args, early_sound=False),
        recipe=_recipe(args),
        delivery=_delivery(args),
        voices=_voices(args),
        model=args.model,
        language=args.language,
        longest=args.longest,
        fresh=args.fresh,
        dry_run=args.dry_run,
        json=args.json,
        named=frozenset(path for path in args.inputs if not path.is_dir()),
    )
    work = Work(orders, find_model)
    try:
        with terminal.ctrl_c_cancels(work):
            if args.inputs:
                work.convert(find(args.inputs, args.out))
            if args.watch is not None and not args.dry_run:
                watch(args.watch, args.out, work)
    finally:
        work.close()
    return terminal.CUT if work.failed else terminal.OK


def find(inputs: Sequence[Path], out: Path) -> list[Path]:
    """The files that inputs name, folders with all that lies in them but our own results.

    Raises UserError for a name that is neither, and where nothing is found.
    """
    from engine.documents.read import SUFFIXES

    found: dict[Path, None] = {}
    for path in inputs:
        if not path.is_dir():
            found[path] = None
            continue
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path).parts
            hidden = any(part.startswith(".") or part.endswith(PROJECT) for part in inside)
            ours = out.resolve() != path.resolve() and file.resolve().is_relative_to(out.resolve())
            written = file.suffix.lower() in (".srt", ".vtt") and file.with_suffix(".json").exists()
            if file.suffix.lower() in SUFFIXES and not (hidden or ours or written):
                found[file] = None
    if not found:
        raise UserError(f"{inputs[0]} holds no text to convert: {', '.join(SUFFIXES)} are read")
    return list(found)


def watch(folder: Path, out: Path, work: Work) -> None:
    """Convert what is in a folder and what comes, until `work` is stopped.

    A file is taken when it has not changed between two looks. What cannot be read is said once.
    """
    seen: dict[Path, tuple[int, int]] = {}
    done: dict[Path, tuple[int, int]] = {}
    print(f"bark-studio: watching {folder}; Ctrl-C ends it", file=sys.stderr)
    while True:
        now: dict[Path, tuple[int, int]] = {}
        with suppress(UserError):  # nothing is there
            for path in find([folder], out):
                with suppress(OSError):  # it has gone again
                    stat = path.stat()
                    now[path] = (stat.st_size, stat.st_mtime_ns)
        for path, stamp in now.items():
            if seen.get(path) == stamp and done.get(path) != stamp:
                done[path] = stamp
                try:
                    work.convert([path])
                except UserError as error:
                    work.failed = True
                    print(f"bark-studio: {error}", file=sys.stderr)
        seen = now
        if work.stopped.wait(_POLL):
            return


# ── options ───────────────────────────────────────────────────────────────────────────────────


def _recipe(args: argparse.Namespace) -> Recipe:
    from engine.script.pronunciation import Pronunciation
    from engine.script.selection import Recipe

    replacements = ""
    if args.replace is not None:
        Pronunciation.load(args.replace)  # refuses what it cannot read
        replacements = args.replace.read_text(encoding="utf-8-sig")
    try:
        if not 1 <= args.longest <= 14:
            raise ValueError(f"--longest lies between 1 and 14 seconds, not at {args.longest}")
        return Recipe(
            sampling=say.sampling_from(args),
            seed=args.seed,
            takes=args.takes,
            history=args.history,
            anchor=args.anchor,
            replacements=replacements,
        )
    except ValueError as error:
        raise UserError(str(error)) from error


def _delivery(args: argparse.Namespace) -> Delivery:
    from engine.recordings.plan import Delivery

    audiobook = args.loudness == "audiobook"
    rate = args.rate or (44_100 if audiobook and args.format != "opus" else None)
    bitrate = args.bitrate or (192 if audiobook and args.format == "mp3" else None)
    return Delivery(
        out=args.out,
        format=args.format,
        per=args.per,
        name=args.name,
        loudness=None if args.loudness == "none" else args.loudness,
        rate=rate,
        channels=2 if args.stereo else 1,
        bitrate=bitrate,
        subtitles=tuple(dict.fromkeys(args.subtitles)),
        tags=dict(_pairs(args.tag, "--tag", "KEY=TEXT")),
    )


def _voices(args: argparse.Namespace) -> dict[str, str | None]:
    voices: dict[str, str | None] = dict(_pairs(args.speaker, "--speaker", "NAME=VOICE"))
    return {"": args.voice, **voices} if args.voice else voices


def _pairs(given: Sequence[str], flag: str, shape: str) -> Iterator[tuple[str, str]]:
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise UserError(f"{flag} is {shape}, not {pair!r}")
        yield name.strip(), value.strip()
