"""Folders: the ones that each system has for programs, and what the user names instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.system import paths


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "BARK_STUDIO_MODELS"):
        monkeypatch.delenv(name, raising=False)


def test_each_system_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "Library"
    assert paths.own_folder("linux") == tmp_path / ".local" / "share" / "bark-studio"
    assert paths.cache_folder("linux") == tmp_path / ".cache" / "bark-studio"
    assert paths.own_folder("darwin") == library / "Application Support" / "bark-studio"
    assert paths.cache_folder("darwin") == library / "Caches" / "bark-studio"
    assert paths.own_folder("win32") == tmp_path / "AppData" / "Local" / "bark-studio"
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert paths.own_folder("win32") == paths.cache_folder("win32")
    assert paths.cache_folder("win32") == tmp_path / "local" / "bark-studio"


def test_the_user_may_name_other_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert paths.own_folder("linux") == tmp_path / "data" / "bark-studio"
    assert paths.cache_folder("linux") == tmp_path / "cache" / "bark-studio"
    assert paths.cache_folder("darwin").parent.name == "Caches"  # these two are Linux's
    monkeypatch.setenv("BARK_STUDIO_MODELS", str(tmp_path / "models"))
    assert paths.text_models_folder() == tmp_path / "models"
