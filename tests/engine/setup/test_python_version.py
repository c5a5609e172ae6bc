"""Which Pythons may start it, and what an older or newer one is told."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable

import pytest

from engine.errors import UserError
from engine.setup import packages
from engine.setup.python_version import NEWEST, OLDEST, check_python
from tests.conftest import ROOT


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 18), (3, 14, 0), (4, 0, 0)])
def test_another_python_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(UserError, match=r"needs Python 3\.11 to 3\.13"):
        check_python(version)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 9)])
def test_the_supported_pythons_pass(version: tuple[int, ...]) -> None:
    check_python(version)


def read_before_the_check() -> dict[str, str]:
    """Module → source, of what an old Python reads until it is told that it is too old."""
    found: dict[str, str] = {}

    def add(module: str) -> None:
        parts = module.split(".")
        file = ROOT.joinpath(*parts).with_suffix(".py")
        path = file if file.is_file() else ROOT.joinpath(*parts, "__init__.py")
        if module in found or not path.is_file():
            return
        found[module] = path.read_text(encoding="utf-8")
        if parts[:-1]:
            add(".".join(parts[:-1]))
        follow(ast.parse(found[module]).body)

    def follow(body: Iterable[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.Try):  # of main.py: the check
                return
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine"):
                add(str(node.module))
                for name in node.names:
                    add(f"{node.module}.{name.name}")

    found["main"] = (ROOT / "main.py").read_text(encoding="utf-8")
    follow(ast.parse(found["main"]).body)
    return found


def test_an_old_python_can_read_what_refuses_it() -> None:
    sources = read_before_the_check()
    assert {"main", "engine.errors", "engine.setup.python_version"} <= set(sources)
    assert "engine.setup.environment" not in sources
    for source in sources.values():
        ast.parse(source, feature_version=(3, 7))


def test_what_is_promised_is_what_is_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={OLDEST[0]}.{OLDEST[1]},<{NEWEST[0]}.{NEWEST[1] + 1}"
    for readme, to in (("README.md", "to"), ("README.ja.md", "～")):
        needs = f"Python {OLDEST[0]}.{OLDEST[1]} {to} {NEWEST[0]}.{NEWEST[1]}"
        assert needs in " ".join((ROOT / readme).read_text(encoding="utf-8").split())
    pinned = (ROOT / "constraints.txt").read_text()
    assert all(f"\n{name}==" in pinned for name in packages.needed("text", "test").values())
