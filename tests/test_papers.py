"""Licence, version and the words for those who come after: they say what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata

import pytest

import engine
from engine.setup import packages
from gui.shell.about import licence_of
from tests.conftest import ROOT

LICENCES = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
PAPERS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/licences.md")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(name: str) -> str:
    return licence_of(metadata.metadata(name))


def installed_for_the_program() -> set[str]:
    """The packages of the program and of writing with all that they bring."""
    found, waiting = set[str](), list(packages.needed("text").values())
    while waiting:
        name = canonical(waiting.pop())
        if name in found:
            continue
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # of another system
            continue
        found.add(name)
        for line in lines:
            if "extra ==" not in line and (match := re.match(r"[\w.-]+", line)):
                waiting.append(match[0])
    return found


def test_every_package_stands_in_the_table_of_licences() -> None:
    table = LICENCES.partition("## Packages")[2]
    named = re.findall(r"^\| ([\w.-]+) \|", table, re.MULTILINE)[1:]  # less the head
    wanted = packages.needed("text", "test").values()
    assert sorted(map(canonical, named)) == sorted(map(canonical, wanted))


def test_nothing_is_under_the_agpl() -> None:
    found = installed_for_the_program()
    assert {"torch", "tensorflow", "lxml"} <= found
    for name in found:
        assert not re.search(r"AGPL|Affero", licence(name)), name
    # The GPL only where the LGPL may be chosen instead.
    strict = {name for name in found if re.search(r"(?<!L)GPL", licence(name))}
    assert {name for name in strict if "LGPL" not in licence(name)} == set()


def test_the_licence_is_that_of_bark() -> None:
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
    assert '\nlicense = "MIT"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_the_version_stands_in_one_place() -> None:
    number = engine.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", number)
    command = [sys.executable, ROOT / "main.py", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"Bark Studio {number}\n"
    listed = subprocess.run(
        ["git", "grep", "-lF", f'"{number}"', "--", "*.py", "*.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode == 0:  # in a checkout
        assert listed.stdout.split() == ["engine/__init__.py"]
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[(\d.*?)\]", log, re.MULTILINE)[0] == number


@pytest.mark.parametrize("paper", PAPERS)
def test_what_the_papers_name_is_there(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    paths = re.findall(r"`((?:engine|gui|tests|resources|docs|\.ci)/[\w./-]+?)/?`", text)
    for name in paths:
        assert (ROOT / name.replace("/NAME", "")).parent.exists(), name
        assert "NAME" in name or (ROOT / name).exists(), name
    for name in links:
        assert ((ROOT / paper).parent / name).exists(), name


def test_readme_tells_every_room() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = text[text.index("## Folders") : text.index("## What could not be tested")]
    inside, shown = text.split("| gui/ |")
    for package, words in (("engine", inside), ("gui", shown)):
        rooms = {
            path.name for path in (ROOT / package).iterdir() if (path / "__init__.py").exists()
        }
        loose = {path.name for path in (ROOT / package).glob("*.py")} - {"__init__.py"}
        named = set(re.findall(r"`([\w.]+?)/?`", words))
        assert rooms | loose <= named, package


def test_no_mark_of_a_merge_is_left_in_a_paper() -> None:
    papers = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "constraints.txt"]
    for paper in papers:
        found = re.search(r"^(<{7} |>{7} |={7}$)", paper.read_text(encoding="utf-8"), re.MULTILINE)
        assert found is None, paper.name
