"""What several folders of tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Family of text models → a saved checkpoint."""
    made: dict[str, Path] = {}

    def folder_of(family: str) -> Path:
        from tests.engine.text.tiny import write_checkpoint  # imports both frameworks

        if family not in made:
            made[family] = tmp_path_factory.mktemp(family)
            write_checkpoint(family, made[family])
        return made[family]

    return folder_of
