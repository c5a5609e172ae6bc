"""What an export will write, what it will not keep to, and the writing itself. Errand threads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.models.info import Tell
from engine.recordings import timed
from engine.recordings.claim import strangers
from engine.recordings.ledger import Ledger
from engine.recordings.ownership import Permission
from engine.recordings.plan import Delivery
from engine.recordings.recording import Recording
from engine.recordings.write import Deliverer
from engine.script.project import Project
from engine.script.selection import RowState
from engine.script.trims import kept_seconds


@dataclass(frozen=True, slots=True)
class Planned:
    """files: that will be written. strangers: those of them that are there and not of this project.
    overruns: sentences on subtitles that the sound will not keep to."""

    files: list[Path]
    strangers: list[Path]
    overruns: list[str]


def plan_export(project: Project, delivery: Delivery) -> Planned:
    """Look at what an export would be. Raises UserError for what it cannot be."""
    ledger = Ledger(project.folder)
    files, others = strangers(project.script, delivery, ledger, project.voice_of)
    return Planned(files, others, _overruns(project, delivery))


def write(
    project: Project, delivery: Delivery, permission: Permission, tell: Tell
) -> list[Recording]:
    """Write what is not there yet. Raises UserError, Cancelled."""
    deliverer = Deliverer(project, delivery, permission)
    states = project.states()
    total = len(deliverer.parts)
    for done, part in enumerate(deliverer.parts):
        tell(done, total + 1)
        deliverer.write(part, states, partial(tell, done, total + 1))
    tell(total, total + 1)
    return deliverer.write_all(states)  # what was written is not written again


def _overruns(project: Project, delivery: Delivery) -> list[str]:
    if delivery.timing is None:
        return []
    seconds = [_recorded(state) for state in project.states()]
    return timed.expected(project.script.rows, seconds, delivery.gaps, delivery.timing)


def _recorded(state: RowState) -> float:
    """Seconds of a row in the recording; 0 where it has no take."""
    if state.key is None or state.measures is None:
        return 0.0
    return kept_seconds(state.measures, state.trim)
