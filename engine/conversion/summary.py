"""What a conversion came to: a sentence for people, figures for programs. Standard library only at
import."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.conversion.estimate import clock

if TYPE_CHECKING:
    from engine.recordings.recording import Recording
    from engine.script.rendering import Rendering


class Converted(NamedTuple):
    """A script that went through. project: the folder of its takes. predicted: seconds of work
    that were expected; None where nothing was to be spoken."""

    source: Path
    project: Path
    rendering: Rendering
    recordings: Sequence[Recording]
    predicted: float | None = None


def account(scripts: Sequence[Converted], seconds: float) -> dict[str, Any]:
    """All figures, ready for JSON. seconds: that the whole conversion took."""
    renderings = [script.rendering for script in scripts]
    work = sum(rendering.metrics.seconds for rendering in renderings)
    made = sum(rendering.seconds for rendering in renderings)
    return {
        "rows": sum(len(rendering.states) for rendering in renderings),
        "made": sum(rendering.made for rendering in renderings),
        "reused": sum(rendering.reused for rendering in renderings),
        "rerolled": sum(rendering.rerolled for rendering in renderings),
        "failed": sum(len(rendering.failed) for rendering in renderings),
        "seconds_of_sound": sum(r.seconds for script in scripts for r in script.recordings),
        "seconds_of_work": work,
        "predicted_work": sum(script.predicted or 0.0 for script in scripts) or None,
        "real_time_factor": work / made if made else None,
        "heard": sum(rendering.heard for rendering in renderings),
        "seconds_of_listening": sum(rendering.listening for rendering in renderings),
        "busy": min((rendering.busy for rendering in renderings), default=1.0),
        "seconds": seconds,
        "scripts": [_figures(script) for script in scripts],
    }


def in_words(total: dict[str, Any]) -> str:
    """The account in one line."""
    factor, predicted = total["real_time_factor"], total["predicted_work"]
    return (
        f"{total['rows']} rows: {total['made']} takes made, {total['reused']} rows reused, "
        f"{total['rerolled']} re-rolled, {total['failed']} failed; "
        f"{total['seconds_of_sound']:.1f} s of sound"
        + ("" if factor is None else f", {factor:.2f} s of work for 1 s")
        + (
            f", {total['heard']} heard in {total['seconds_of_listening']:.1f} s"
            * bool(total["heard"])
        )
        + ("" if predicted is None else _error(predicted, total["seconds_of_work"]))
    )


def _error(predicted: float, work: float) -> str:
    """How wrong the prediction was."""
    wrong = (work - predicted) / predicted
    more = "more" if wrong > 0 else "less"
    words = f"{abs(wrong):.0%} {more}" if abs(wrong) >= 0.005 else "as predicted"
    return f"; {clock(predicted)} of work was predicted, it took {clock(work)}: {words}"


def _figures(script: Converted) -> dict[str, Any]:
    rendering = script.rendering
    return {
        "source": str(script.source),
        "project": str(script.project),
        "rows": len(rendering.states),
        "made": rendering.made,
        "reused": rendering.reused,
        "rerolled": rendering.rerolled,
        "heard": rendering.heard,
        "seconds_of_listening": rendering.listening,
        "failed": [
            {"row": state.id, "reasons": state.verdict.reasons} for state in rendering.failed
        ],
        "busy": rendering.busy,
        "predicted_work": script.predicted,
        "stages": rendering.metrics.stages,
        "host_bytes": rendering.metrics.host_bytes,
        "recordings": [
            {
                "file": str(recording.path),
                "seconds": recording.seconds,
                "loudness": recording.loudness,
                "peak": recording.peak,
                "notes": recording.notes,
                "reused": recording.reused,
            }
            for recording in script.recordings
        ],
    }
