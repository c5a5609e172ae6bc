"""Which packages are needed, by pyproject.toml or by what pip wrote down, and which are lacking."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

import pytest

from engine.setup import packages


def test_every_package_is_found_under_the_name_of_its_module() -> None:
    wanted = packages.needed("text", "test")
    assert wanted["PySide6"] == "PySide6-Essentials"
    assert wanted["mdit_py_plugins"] == "mdit-py-plugins"
    assert [module for module in wanted if importlib.util.find_spec(module) is None] == []
    assert "tensorflow" not in packages.needed()
    assert "pytest" not in packages.needed("text")
    assert "bark_studio" not in wanted
    assert any(line.startswith("tensorflow>=") for line in packages.requirements("text"))


def test_without_a_checkout_they_are_what_pip_wrote_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = [
        "numpy>=1.26",
        "PySide6-Essentials!=6.12.0,>=6.8",
        'tensorflow<2.22,>=2.21; extra == "text"',
        "bark-studio[text]; extra == 'test'",
        'no-such-package>=1; python_version >= "3.11" and extra == "test"',
    ]
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: written)
    packages._requirements.cache_clear()
    try:
        assert packages.needed() == {"numpy": "numpy", "PySide6": "PySide6-Essentials"}
        assert packages.requirements("text") == ["tensorflow<2.22,>=2.21"]
        assert packages.missing(tests=True) == ["no-such-package"]
    finally:
        packages._requirements.cache_clear()


def test_a_torch_that_is_too_old_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.5.1+cu121")
    assert packages.missing() == ["torch>=2.6"]
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.10.0")
    assert packages.missing() == []
