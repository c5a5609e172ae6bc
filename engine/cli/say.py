"""The command `say`: one text through the speech engine, to a WAV file or to the ears.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import models, say_long, stdin
from engine.cli.exit_codes import CUT, OK
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
from engine.cli.progress import ProgressLine
from engine.cli.work import speak
from engine.errors import UserError
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.api import Speech, SpeechRequest
    from engine.conversion.aloud import Manner
    from engine.job import Update


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `say`."""
    parser.set_defaults(run=run)
    add_model(parser)
    parser.add_argument(
        "text",
        metavar="TEXT",
        help="what to say, of any length; - reads standard input, and speaks while more comes",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write a WAV file instead of playing"
    )
    parser.add_argument("--play", action="store_true", help="play it, also with -o")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write what was done, and its cost"
    )
    add_permission(parser, number=True)
    parser.add_argument(
        "--voice",
        default="none",
        metavar="NAME|FILE.npz|none",
        help="a preset of the model (see `voices`), a voice file, or none: the model makes one up "
        "(default: none)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another seed, another take (default: 0)"
    )
    parser.add_argument(
        "--max-seconds",
        type=float,
        metavar="S",
        help="cut the sound here (default: the model's end)",
    )
    parser.add_argument(
        "--numbers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="speak figures and abbreviations in words, as people do (default: on)",
    )
    add_sampling(parser)
    add_settings(parser)


def run(args: argparse.Namespace) -> int:
    """Speak a text. Everything that can be refused is refused before the work begins."""
    from engine.audio import play
    from engine.audio.wav import write_wav
    from engine.conversion.say_rows import Rows
    from engine.engines import Engines
    from engine.job import Running
    from engine.recordings.ownership import targets
    from engine.system.atomic_files import check_writable, write_atomically
    from engine.system.marks import marked

    manner = _manner(args)
    coming = stdin.Incoming() if args.text == "-" else None
    settings = settings_from(args)
    text = None if coming is not None else _checked(args.text)
    if text is not None and not text.strip():
        raise UserError("there is no text to speak: type at least one word")
    if args.output is not None and args.output.suffix.lower() not in (".wav", ".wave"):
        raise UserError(f"{args.output} would hold WAV: give it a name that ends in .wav")
    permission = permission_from(args, manner.voice)
    output, report_file = targets(permission, args.output, args.json)
    for path in filter(None, (output, report_file)):
        check_writable(path)
    playing = args.play or args.output is None
    if playing:
        play.check()
    model = models.find_model(args.model)
    rows = Rows(model, manner.voice, numbers=args.numbers)
    if text is not None:
        rows.check(text)
    parts = iter([text]) if text is not None else iter(coming or ())
    first = _checked(next(parts, ""))
    lines = rows.of(chain([first], map(_checked, parts)))
    is_all = coming is None or coming.ended
    ahead = list(islice(lines, 2)) if is_all else []
    if is_all and not ahead:
        raise UserError("there is no text to speak: type at least one word")
    if len(ahead) != 1:
        engines = Engines(settings, model)
        try:
            return say_long.speak_all(
                chain(ahead, lines),
                manner,
                engines,
                output=output,
                report=report_file,
                playing=playing,
                about=_about(args, settings, model, manner),
            )
        finally:
            engines.close()
    request = _request(manner, ahead[0].text)
    line = ProgressLine()
    player: play.Player | None = None
    played = 0  # samples that came before the take was finished

    def publish(update: Update) -> None:
        nonlocal player, played
        if not isinstance(update, Running):
            return
        line.show(update.progress)
        if playing and update.progress.sound is not None:
            player = player or play.Player(update.progress.sample_rate)
            player.feed(update.progress.sound)
            played += len(update.progress.sound)

    engines = Engines(settings, model)
    try:
        speech = speak(engines, request, publish)
        take = speech.takes[0]
        if not len(take.audio):
            raise UserError("the model said nothing to this text: try another --seed")
        if output is not None:
            write_wav(output, take.audio, take.sample_rate)
        if report_file is not None:
            report = marked(_report(args, request, settings, model, speech))
            write_atomically(report_file, json.dumps(report, indent=2).encode() + b"\n")
        line.close()
        if (said := rows.spoken(request.rows[0].text)) != first.strip():
            print(f"spoken as: {' '.join(said.split())}", file=sys.stderr)
        chosen = ", ".join(f"{name} {value}" for name, value in speech.choices.items())
        print(
            f"{take.seconds:.1f} s of sound in {speech.metrics.seconds:.1f} s "
            f"({speech.real_time_factor:.2f} s of work for 1 s; {chosen})",
            file=sys.stderr,
        )
        for note in speech.notes:
            print(f"bark-studio: {note}", file=sys.stderr)
        if playing:
            player = player or play.Player(take.sample_rate)
            player.feed(take.audio[played:])
            player.finish()
    finally:
        line.close()
        if player is not None:
            player.stop()
        engines.close()
    if not take.ended and args.max_seconds is None:
        print(
            "bark-studio: the model did not end the sentence, so it is probably cut: "
            "shorten the text or try another --seed",
            file=sys.stderr,
        )
        return CUT
    return OK


def _manner(args: argparse.Namespace) -> Manner:
    from engine.api import SpeechRequest, SpeechRow
    from engine.conversion.aloud import Manner

    try:
        manner = Manner(
            voice=None if args.voice == "none" else args.voice,
            seed=args.seed,
            sampling=sampling_from(args),
            max_seconds=args.max_seconds,
        )
        row = SpeechRow(text="x", voice=manner.voice, seed=manner.seed)  # refuses what is wrong
        SpeechRequest(rows=(row,), max_seconds=manner.max_seconds)
    except ValueError as error:
        raise UserError(str(error)) from error
    return manner


def _request(manner: Manner, text: str) -> SpeechRequest:
    from engine.api import SpeechRequest, SpeechRow

    try:
        return SpeechRequest(
            rows=(SpeechRow(text=text, voice=manner.voice, seed=manner.seed),),
            sampling=manner.sampling,
            max_seconds=manner.max_seconds,
        )
    except ValueError as error:
        raise UserError(str(error)) from error


def _checked(text: str) -> str:
    try:
        text.encode()  # what was no text on the command line has become lone surrogates
    except UnicodeError as error:
        raise UserError("the text is not in UTF-8: convert it first") from error
    return text


def _about(
    args: argparse.Namespace, settings: Settings, model: Path, manner: Manner
) -> dict[str, Any]:
    """What the report of a long text says of the request."""
    from engine.system.machine import versions

    return {
        "request": dataclasses.asdict(manner),
        "model": str(args.model or model),
        "settings": dataclasses.asdict(settings),
        "versions": versions(),
    }


def _report(
    args: argparse.Namespace,
    request: SpeechRequest,
    settings: Settings,
    model: Path,
    speech: Speech,
) -> dict[str, Any]:
    """What --json writes. Numbers as they are; rounding is for people."""
    from engine.system.machine import versions

    return {
        "request": dataclasses.asdict(request),
        "model": str(args.model or model),
        "settings": dataclasses.asdict(settings),
        "choices": speech.choices,
        "notes": list(speech.notes),
        "versions": versions(),
        "takes": [
            {
                "seconds": take.seconds,
                "sample_rate": take.sample_rate,
                "ended": take.ended,
                "tokens": {
                    "semantic": int(take.semantic.size),
                    "coarse": int(take.coarse.size),
                    "fine": int(take.fine.size),
                },
            }
            for take in speech.takes
        ],
        "seconds_of_sound": speech.seconds,
        "seconds_of_work": speech.metrics.seconds,
        "stages": speech.metrics.stages,
        "real_time_factor": speech.real_time_factor,
        "host_bytes": speech.metrics.host_bytes,
        "device_bytes": speech.metrics.device_bytes,
        "expected_bytes": speech.metrics.expected_bytes,
    }
