"""A take on its way to the disk: measured, and kept with what made it."""

from __future__ import annotations

from engine.api import Take
from engine.script.project import Project
from engine.script.quality import measure
from engine.script.recipe import Way
from engine.script.rendering import Outcome, TakeOrder
from engine.script.rows import ScriptRow
from engine.script.store import origin


def kept(project: Project, order: TakeOrder, row: ScriptRow, way: Way, take: Take) -> Outcome:
    """Measure a take and store it. row: as it is written. way: how it was made. Raises UserError
    when the disk refuses."""
    measures = measure(take)
    about = {
        "text": order.row.text,
        **({} if order.row.text == row.text else {"written": row.text}),
        **({} if order.given.text == order.row.text else {"read": order.given.text}),
        "voice": order.row.voice,
        "seed": order.row.seed,
        "take": order.number,
        "made": way.to_plain(),
    }
    project.pin()
    project.readings.keep(way.maker, order.row.text)
    project.store.put(order.key, take, measures, about, origin(row.text, row.speaker))
    return Outcome(order, take)
