"""Rows → takes, spoken by a fleet: checked, kept and spoken again as on one machine."""

from __future__ import annotations

import time
from collections.abc import Callable

from engine.api import Engine, Report, Speech, SpeechRequest
from engine.cluster.fleet import Speaker
from engine.cluster.orders import How, Made, Refused
from engine.errors import UserError
from engine.script.ears import Listener
from engine.script.pace import Paces
from engine.script.render import Identify, Renderer, Run, Unreadable
from engine.script.rendering import RenderRequest, TakeOrder
from engine.system.meter import resident_bytes

_WAIT = 0.1  # seconds between two looks at Stop


class FleetRenderer(Renderer):
    """A Renderer whose rows go to a fleet, all that are open at once. The driver alone writes, and
    it alone listens."""

    def __init__(
        self,
        speaker_for: Callable[[], Speaker],
        identify: Identify,
        learned: Paces | None = None,
        unreadable: Unreadable = lambda text: "",
        listener: Listener | None = None,
    ) -> None:
        """As Renderer; speaker_for: gives the speaker of this script, which `close` closes; asked
        only when there is something to say."""
        super().__init__(_none, identify, learned, unreadable, listener)
        self._speaker_for = speaker_for
        self._speaker: Speaker | None = None

    def _start(self, request: RenderRequest, report: Report) -> Run:
        return _FleetRun(request, self._own, self._unreadable, report)

    def _own(self) -> Speaker:
        if self._speaker is None:
            self._speaker = self._speaker_for()
        return self._speaker

    def close(self) -> None:
        """What is not home yet is not wanted any more."""
        if self._speaker is not None:
            self._speaker.close()


class _FleetRun(Run):
    """Takes come home one by one, from whoever made them; none is waited for while others can be
    given out."""

    def __init__(
        self,
        request: RenderRequest,
        speaker_for: Callable[[], Speaker],
        unreadable: Unreadable,
        report: Report,
    ) -> None:
        super().__init__(request, _none, unreadable, report)
        self._speaker_for = speaker_for
        self._out: dict[str, TakeOrder] = {}

    def speak(self, orders: list[TakeOrder]) -> None:
        """Give them out."""
        recipe = self.standing.recipe
        how = How(recipe.sampling, recipe.max_seconds, recipe.semantic_tokens)
        rows = []
        for order in orders:
            predicted = self.standing.pace(order.index).seconds(order.row.text)
            rows.append((order.key, order.given, predicted))
            self._out[order.key] = order
        self._speaker_for().put(rows, how)

    def wait(self) -> bool:
        """Until something comes home, or somebody may want to stop; meanwhile what came is checked
        and heard."""
        if not self._out:
            return super().wait()
        started = time.perf_counter()
        results = self._speaker_for().results(_WAIT)
        self.engine_seconds += time.perf_counter() - started
        for result in results:
            self._came(result)
        self.collect()
        self.host_bytes = max(self.host_bytes, resident_bytes())
        self.report(self.last)
        return True

    def _came(self, result: Made | Refused) -> None:
        order = self._out.pop(result.id[1], None)
        if order is None:
            return
        if isinstance(result, Refused):
            self.refuse(order, UserError(result.reason))
        else:
            self.stages["speech"] = self.stages.get("speech", 0.0) + result.cost
            self.check(order, result.take)


def _none(request: SpeechRequest) -> Engine[SpeechRequest, Speech]:
    raise AssertionError("this machine speaks nothing itself")
