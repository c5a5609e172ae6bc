"""The command `say`: one text through the speech engine, to a WAV file or to the ears.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import terminal
from engine.errors import UserError
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.api import Speech, SpeechRequest, SpeechSampling
    from engine.job import Update

FindModel = Callable[[str | None], Path]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of `say`, but for --model."""
    parser.add_argument("text", metavar="TEXT", help="what to say; - reads standard input")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="write a WAV file instead of playing"
    )
    parser.add_argument("--play", action="store_true", help="play it, also with -o")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write what was done, and its cost"
    )
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
    add_sampling(parser)
    terminal.add_settings(parser)


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


def run(args: argparse.Namespace, find_model: FindModel) -> int:
    """Speak a text. Everything that can be refused is refused before the work begins."""
    from engine.audio import play
    from engine.audio.wav import write_wav
    from engine.engines import Engines
    from engine.job import Done, Failed, Job, Running
    from engine.system.atomic_files import check_writable, write_atomically

    request = _request(args)
    settings = terminal.settings_from(args)
    if args.output is not None and args.output.suffix.lower() not in (".wav", ".wave"):
        raise UserError(f"{args.output} would hold WAV: give it a name that ends in .wav")
    for path in filter(None, (args.output, args.json)):
        check_writable(path)
    playing = args.play or args.output is None
    if playing:
        play.check()
    model = find_model(args.model)

    line = terminal.ProgressLine()
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

    job = Job(request)
    engines = Engines(settings, model)
    try:
        with terminal.ctrl_c_cancels(job):
            last = job.run(engines.engine_for, publish)
        if isinstance(last, Failed):
            raise last.error
        if not isinstance(last, Done):
            raise KeyboardInterrupt
        speech: Speech = last.result
        take = speech.takes[0]
        if not len(take.audio):
            raise UserError("the model said nothing to this text: try another --seed")
        if args.output is not None:
            write_wav(args.output, take.audio, take.sample_rate)
        if args.json is not None:
            report = _report(args, request, settings, model, speech)
            write_atomically(args.json, json.dumps(report, indent=2).encode() + b"\n")
        line.close()
        chosen = ", ".join(f"{name} {value}" for name, value in speech.choices.items())
        print(
            f"{take.seconds:.1f} s of sound in {speech.metrics.seconds:.1f} s "
            f"({speech.real_time_factor:.2f} s of work for 1 s; {chosen})",
            file=sys.stderr,
        )
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
        return terminal.CUT
    return terminal.OK


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


def _request(args: argparse.Namespace) -> SpeechRequest:
    from engine.api import SpeechRequest, SpeechRow

    try:
        voice = None if args.voice == "none" else args.voice
        return SpeechRequest(
            rows=(SpeechRow(text=_text(args.text), voice=voice, seed=args.seed),),
            sampling=sampling_from(args),
            max_seconds=args.max_seconds,
        )
    except ValueError as error:
        raise UserError(str(error)) from error


def _text(text: str) -> str:
    try:
        text = sys.stdin.read() if text == "-" else text
        text.encode()  # what was no text on the command line has become lone surrogates
    except UnicodeError as error:
        raise UserError("the text is not in UTF-8: convert it first") from error
    return text


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
    }
