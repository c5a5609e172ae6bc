"""The command `convert`: text files to finished recordings, unattended, taken up where it stopped.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.audio.formats import FORMATS
from engine.audio.targets import TARGETS
from engine.cli import models
from engine.cli.exit_codes import CUT, OK
from engine.cli.listening import add_listening, listening_from
from engine.cli.options import (
    Parser,
    add_model,
    add_permission,
    add_sampling,
    add_settings,
    permission_from,
    sampling_from,
    settings_from,
)
from engine.cli.progress import ProgressLine, ctrl_c_cancels
from engine.cli.reading import add_reading, reading_from
from engine.cli.table import table
from engine.cli.timing import add_timing, timing_from
from engine.conversion.estimate import Plan, clock
from engine.conversion.going import MIX, REMAKE
from engine.conversion.inputs import find, watch
from engine.conversion.orders import Orders
from engine.conversion.pipeline import Work
from engine.conversion.summary import in_words
from engine.errors import UserError
from engine.recordings.filenames import KEYS, PER
from engine.recordings.word_subtitles import KINDS
from engine.system.outside import TEXT_BYTES, read_outside

if TYPE_CHECKING:
    from engine.recordings.plan import Delivery
    from engine.script.selection import Recipe


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `convert`."""
    parser.set_defaults(run=run)
    parser.notes_given = True
    add_model(parser)
    parser.add_argument(
        "inputs",
        nargs="*",
        type=Path,
        metavar="FILE|FOLDER",
        help="texts, books, tables, subtitles (docs/documents.md lists them); a folder stands for "
        "all such files in it",
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
    add_permission(parser, number=True)
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
    parser.add_argument(
        "--cluster",
        metavar="auto|HOST:PORT",
        help="have the rows spoken by the machines of a running Ray cluster (docs/scale.md): the "
        "one that this machine is part of, or that of this head; needs the extra `cluster`",
    )
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="work on projects that another run or a window has; that one can only read them then",
    )
    otherwise = parser.add_mutually_exclusive_group()
    otherwise.add_argument(
        "--remake",
        action="store_const",
        const=REMAKE,
        dest="change",
        default="",
        help="a script that was begun with other options (model, precision, seed …): speak all its "
        "rows anew with these; the earlier takes stay to choose from",
    )
    otherwise.add_argument(
        "--mix",
        action="store_const",
        const=MIX,
        dest="change",
        help="speak only the rows that have no take yet with these; the list of rows says which",
    )
    add_reading(parser)
    speech = parser.add_argument_group(
        "how it is spoken",
        "What was begun goes on with the options of its first run; others need --remake or --mix.",
    )
    add_listening(speech)
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
    speech.add_argument(
        "--numbers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="speak figures and abbreviations in words, as people do: $3.50 in 1999 is three "
        "dollars fifty in nineteen ninety-nine; what was begun without goes on without "
        "(default: on)",
    )
    speech.add_argument("--language", metavar="CODE", help="such as de (default: guessed)")
    speech.add_argument(
        "--longest", type=float, default=11.0, metavar="S", help="seconds of a row (default: 11)"
    )
    sound = parser.add_argument_group("what is written")
    sound.add_argument("--format", choices=FORMATS, default="wav", help="(default: wav)")
    sound.add_argument(
        "--per",
        choices=PER,
        default="file",
        help="one recording for each (default: file)",
    )
    sound.add_argument(
        "--name",
        metavar="TEMPLATE",
        help=f"of the recordings, from {' '.join(f'{{{key}}}' for key in KEYS)}",
    )
    sound.add_argument(
        "--loudness",
        choices=(*TARGETS, "none"),
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
        choices=KINDS,
        default=[],
        help="beside every recording; several times. By words where --listen has heard them: "
        "words.vtt (times within), ass (karaoke), lrc, words.json",
    )
    add_timing(sound)
    add_sampling(parser)
    add_settings(parser, without=("early_sound",))


def run(args: argparse.Namespace) -> int:
    """Convert all inputs, then what comes into the watched folder."""
    if not args.inputs and args.watch is None:
        raise UserError("there is nothing to convert: name a text file or a folder, or --watch one")
    if args.watch is not None and not args.watch.is_dir():
        raise UserError(f"there is no folder {args.watch} to watch: make it first")
    orders = Orders(
        settings=settings_from(args, early_sound=False),
        recipe=_recipe(args),
        delivery=_delivery(args),
        voices=_voices(args),
        model=args.model,
        language=args.language,
        reading=reading_from(args),
        longest=args.longest,
        fresh=args.fresh,
        dry_run=args.dry_run,
        json=args.json,
        take_over=args.take_over,
        given=args.given,
        change=args.change,
        named=frozenset(path for path in args.inputs if not path.is_dir()),
        permission=permission_from(args),
        reads=frozenset(_reads(args)),
    )
    printer = Printer()
    work = _work(orders, printer, args.cluster)
    try:
        with ctrl_c_cancels(work):
            if args.inputs:
                work.convert(find(args.inputs, args.out))
            if args.watch is not None and not args.dry_run:
                watch(args.watch, args.out, work, printer.say)
    finally:
        printer.close()
        work.close()
    return CUT if work.failed else OK


def _work(orders: Orders, printer: Printer, cluster: str | None) -> Work:
    if cluster is None:
        return Work(orders, models.find_model, printer)
    from engine.conversion.many import ManyMachines

    return ManyMachines(orders, models.find_model, printer, cluster)


class Printer:
    """Prints what a conversion tells: recordings to standard output, the rest to standard error."""

    def __init__(self) -> None:
        self._line = ProgressLine()
        self.live = self._line.live

    def say(self, sentence: str) -> None:
        """A sentence for people."""
        self.close()
        print(f"bark-studio: {sentence}", file=sys.stderr)

    def progress(self, words: str) -> None:
        """The live line."""
        self._line.draw(words)

    def planned(self, plan: Plan) -> None:
        """The rows of a script, how long they will be, and how long that takes."""
        lines = [
            [
                planned.row.id,
                planned.row.speaker,
                planned.voice or "made up",
                "there" if planned.there else "",
                f"{'~' if planned.predicted else ''}{planned.seconds:.1f}",
            ]
            for planned in plan.rows
        ]
        head, *listed = table(["row", "speaker", "voice", "", "seconds"], lines).splitlines()
        print(f"{head}  text")
        for line, planned in zip(listed, plan.rows, strict=True):
            print(f"{line}  {' '.join(planned.row.text.split())}")
            if planned.spoken != planned.row.text:
                print(f"{' ' * len(line)}  spoken as: {' '.join(planned.spoken.split())}")
        by = " by the last speed of this machine" if plan.measured else " as a guess"
        one_by_one = (
            "" if plan.parallel else "; rows that continue each other are spoken one by one"
        )
        print(
            f"{plan.title}: {len(plan.rows)} rows, about {clock(plan.sound)} of sound; "
            f"{clock(plan.open)} of it is to be spoken, in about {clock(plan.work)}{by}"
            f"{one_by_one}"
        )

    def written(self, recording: Path) -> None:
        """The path of a finished recording."""
        self.close()
        print(recording)

    def done(self, total: dict[str, Any]) -> None:
        """The account in one line."""
        self.close()
        print(in_words(total), file=sys.stderr)

    def close(self) -> None:
        """Take the live line away."""
        self._line.close()


# ── options ───────────────────────────────────────────────────────────────────────────────────


def _recipe(args: argparse.Namespace) -> Recipe:
    from engine.script.pronunciation import Pronunciation
    from engine.script.selection import Recipe

    replacements = ""
    if args.replace is not None:
        Pronunciation.load(args.replace)  # refuses what it cannot read
        replacements = read_outside(args.replace, TEXT_BYTES).decode("utf-8-sig")
    try:
        if not 1 <= args.longest <= 14:
            raise ValueError(f"--longest lies between 1 and 14 seconds, not at {args.longest}")
        return Recipe(
            sampling=sampling_from(args),
            seed=args.seed,
            takes=args.takes,
            history=args.history,
            anchor=args.anchor,
            replacements=replacements,
            numbers=args.numbers,
            **listening_from(args),
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
        timing=timing_from(args),
    )


def _reads(args: argparse.Namespace) -> Iterator[Path]:
    """Files that are read besides the texts."""
    if args.replace is not None:
        yield args.replace
    for voice in _voices(args).values():
        if voice is not None and voice.lower().endswith(".npz"):
            yield Path(voice).expanduser()


def _voices(args: argparse.Namespace) -> dict[str, str | None]:
    voices: dict[str, str | None] = dict(_pairs(args.speaker, "--speaker", "NAME=VOICE"))
    return {"": args.voice, **voices} if args.voice else voices


def _pairs(given: Sequence[str], flag: str, shape: str) -> Iterator[tuple[str, str]]:
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise UserError(f"{flag} is {shape}, not {pair!r}")
        yield name.strip(), value.strip()
