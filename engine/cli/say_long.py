"""`say` for a text of more than one row: played and written as its rows end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.exit_codes import CUT, OK
from engine.cli.progress import ProgressLine
from engine.cli.work import speak
from engine.errors import UserError

if TYPE_CHECKING:
    from engine.api import Speech, SpeechRequest
    from engine.conversion.aloud import Manner, SpokenRow
    from engine.engines import Engines
    from engine.script.flow import Line


def speak_all(
    lines: Iterable[Line],
    manner: Manner,
    engines: Engines,
    *,
    output: Path | None,
    report: Path | None,
    playing: bool,
    about: dict[str, Any],
) -> int:
    """Speak line after line; what has ended is heard while the next one is spoken.

    output: a WAV file. report: a JSON file; about: what it says besides. Returns the exit code.
    Raises UserError; after one, nothing is left of the files.
    """
    from engine.audio import play
    from engine.audio.writer import Writer
    from engine.conversion.aloud import added, speak_on
    from engine.system.atomic_files import write_atomically
    from engine.system.marks import marked

    line = ProgressLine()
    rows: list[dict[str, Any]] = []
    metrics = []
    notes: dict[str, None] = {}
    seconds, cut = 0.0, 0
    speech: Speech | None = None
    player: play.Player | None = None
    try:
        with ExitStack() as files:
            writer: Writer | None = None
            for spoken in speak_on(lines, manner, lambda request: _speak(engines, request, line)):
                speech, take = spoken.speech, spoken.take
                rate = take.sample_rate
                if output is not None:
                    writer = writer or files.enter_context(Writer(output, rate, format="wav"))
                    writer.write(spoken.sound)
                if playing:
                    player = player or play.Player(rate)
                    player.feed(spoken.sound)
                metrics.append(speech.metrics)
                notes |= dict.fromkeys(speech.notes)
                rows.append(_row(spoken, seconds))
                seconds += len(spoken.sound) / rate
                cut += not take.ended
                line.close()
                print(f"{len(rows)}: {take.seconds:.1f} s  {spoken.text}", file=sys.stderr)
            if speech is None:
                raise UserError("there is no text to speak: type at least one word")
            if not seconds:
                raise UserError("the model said nothing to this text: try another --seed")
        cost = added(metrics)
        factor = cost.seconds / seconds
        if report is not None:
            told = {
                **about,
                "choices": speech.choices,
                "notes": list(notes),
                "takes": rows,
                "seconds_of_sound": seconds,
                "seconds_of_work": cost.seconds,
                "stages": cost.stages,
                "real_time_factor": factor,
                "host_bytes": cost.host_bytes,
                "device_bytes": cost.device_bytes,
            }
            write_atomically(report, json.dumps(marked(told), indent=2).encode() + b"\n")
        chosen = ", ".join(f"{name} {value}" for name, value in speech.choices.items())
        print(
            f"{seconds:.1f} s of sound in {cost.seconds:.1f} s, {len(rows)} rows "
            f"({factor:.2f} s of work for 1 s; {chosen})",
            file=sys.stderr,
        )
        for note in notes:
            print(f"bark-studio: {note}", file=sys.stderr)
        if player is not None:
            player.finish()
    finally:
        line.close()
        if player is not None:
            player.stop()
    if cut and manner.max_seconds is None:
        print(
            f"bark-studio: the model did not end {cut} of {len(rows)} rows, so they are probably "
            "cut: try another --seed",
            file=sys.stderr,
        )
        return CUT
    return OK


def _speak(engines: Engines, request: SpeechRequest, line: ProgressLine) -> Speech:
    """One row; Ctrl-C stops it."""
    from engine.job import Running, Update

    def publish(update: Update) -> None:
        if isinstance(update, Running) and line.live:
            line.show(update.progress)

    return speak(engines, request, publish)


def _row(spoken: SpokenRow, start: float) -> dict[str, Any]:
    """What the report says of a row. start: seconds of sound before it."""
    take = spoken.take
    return {
        "text": spoken.text,
        "start": start,
        "seconds": take.seconds,
        "sample_rate": take.sample_rate,
        "ended": take.ended,
        "tokens": {
            "semantic": int(take.semantic.size),
            "coarse": int(take.coarse.size),
            "fine": int(take.fine.size),
        },
    }
