"""What speaks now, for whoever looks at the rows of a script. Errand threads."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from engine.errors import UserError
from engine.models.info import ModelFacts
from engine.script.pace import Pace
from engine.script.project import Project
from engine.script.selection import Maker
from engine.settings import Settings
from gui.studio.backend import Backend


@dataclass(frozen=True, slots=True)
class Speaker:
    """What speaks now. is_here: the model can be asked."""

    backend: Backend
    model: str
    settings: Settings
    facts: ModelFacts | None
    is_here: bool

    def maker(self, project: Project) -> Maker | None:
        """What further takes would be made by; None where that cannot be said, or is not needed:
        nothing is made yet."""
        with suppress(UserError):  # a voice that is missing is said before it is to speak
            if project.pinned or (self.is_here and len(project.store)):
                return self.backend.further(project, self.settings, self.model)
        return None

    def pace(self, voice: str | None) -> Pace:
        """How fast a voice speaks, as far as that was learned."""
        return self.backend.pace(self.model, voice)
