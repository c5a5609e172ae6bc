"""The program's own backend, which names folders as they are on a made-up user's machine."""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path

from engine.backend import Backend
from engine.models.info import MachineFact, ModelInfo
from engine.system.paths import ROOT, data_folder


class Disguised(Backend):
    """Everything else is as it is here."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home

    def models(self) -> tuple[ModelInfo, ...]:
        """As they are, in other folders."""
        return tuple(
            dataclasses.replace(model, folder=self._shown(model.folder))
            for model in super().models()
        )

    def models_folder(self) -> Path:
        """Where the Hub keeps them."""
        return self._home / ".cache" / "huggingface" / "hub"

    def examine(self) -> list[MachineFact]:
        """What the doctor finds."""
        return [
            dataclasses.replace(fact, value=self.moved(fact.value), mend=self.moved(fact.mend))
            for fact in super().examine()
        ]

    def moved(self, words: str) -> str:
        """Words in which folders are called as they are there."""
        program = self._home / "bark-studio"
        for path, shown in (
            (str(data_folder()), str(self._home / ".local" / "share")),
            (str(Path(sys.prefix)), str(program / ".venv")),
            (str(ROOT), str(program)),
            (str(Path.home()), str(self._home)),
        ):
            words = words.replace(path, shown)
        return re.sub(rf"{self._home}/\S+/huggingface/hub", str(self.models_folder()), words)

    def _shown(self, folder: Path | None) -> Path | None:
        if folder is None:
            return None
        if folder.is_relative_to(ROOT):
            return self._home / "bark-studio" / folder.relative_to(ROOT)
        if folder.is_relative_to(data_folder()):
            return Path(self.moved(str(folder)))
        return self.models_folder() / folder.name
