"""Licence, version and the words for those who come after: they say what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

import engine
from engine.setup import packages
from gui.shell.about import licence_of
from tests.conftest import ROOT

LICENCES = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
PAPERS = sorted(
    paper.relative_to(ROOT).as_posix()
    for paper in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)


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


def test_what_the_papers_name_is_there() -> None:
    for paper in PAPERS:
        text = (ROOT / paper).read_text(encoding="utf-8")
        links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text)
        paths = re.findall(r"`((?:engine|gui|tests|resources|docs|\.ci)/[\w./-]+?)/?`", text)
        for name in paths:
            assert (ROOT / name.replace("/NAME", "")).parent.exists(), (paper, name)
            assert "NAME" in name or (ROOT / name).exists(), (paper, name)
        for name, place in links:
            led = (ROOT / paper).parent / name if name else ROOT / paper
            assert led.exists(), (paper, name)
            assert not place or place in places(led), (paper, name, place)


def places(paper: Path) -> set[str]:
    """What a link may name behind its #: the headings, as GitHub writes them."""
    text = paper.read_text(encoding="utf-8")
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


def test_every_paper_is_in_the_index() -> None:
    """A newcomer finds all from README: it leads to the index, and that to every paper."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(([\w./-]+\.md)", index))
    wanted = {paper.removeprefix("docs/") for paper in PAPERS if paper.startswith("docs/")}
    assert wanted - {"README.md"} <= named
    for readme in ("README.md", "README.ja.md"):
        assert "](docs/README.md)" in (ROOT / readme).read_text(encoding="utf-8")


def test_no_mark_of_a_merge_is_left_in_a_paper() -> None:
    for paper in [*PAPERS, "constraints.txt"]:
        text = (ROOT / paper).read_text(encoding="utf-8")
        assert re.search(r"^(<{7} |>{7} |={7}$)", text, re.MULTILINE) is None, paper


def test_every_act_of_the_walkthrough_is_a_test_and_the_other_way_round() -> None:
    paper = (ROOT / "docs" / "walkthrough.md").read_text(encoding="utf-8")
    acts = {
        f"test_{int(number):02}_{re.sub(r'[^a-z0-9]+', '_', title.lower()).strip('_')}"
        for number, title in re.findall(r"^(\d+)\. \*\*(.+?)\.\*\*", paper, re.MULTILINE)
    }
    tests = set()
    for file in (ROOT / "tests" / "gui" / "walkthrough").glob("test_*.py"):
        text = file.read_text(encoding="utf-8")
        assert "pytestmark = pytest.mark.slow\n" in text
        tests |= set(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE))
    assert acts == tests
    assert sorted(int(act[5:7]) for act in acts) == list(range(1, 31))


def test_the_walkthrough_quotes_the_window() -> None:
    paper = (ROOT / "docs" / "walkthrough.md").read_text(encoding="utf-8")
    texts = ElementTree.parse(ROOT / "resources" / "translations" / "bark-studio_ja.ts")
    known = {(found.text or "").replace("&", "") for found in texts.iter("source")}
    quoted = {" ".join(words.split()) for words in re.findall(r'"([^"]+)"', paper)}
    assert len(quoted) > 30
    assert quoted - known == set()


def test_every_view_has_its_pictures() -> None:
    """What resources/screenshots/make.py writes, and nothing else."""
    folder = ROOT / "resources" / "screenshots"
    maker = (folder / "make.py").read_text(encoding="utf-8")
    window = (ROOT / "gui" / "window.py").read_text(encoding="utf-8")
    made = set(re.findall(r'self\.(?:save|picture)\("([\w-]+)"', maker))
    made |= set(re.findall(r'\(\w+, "([\w-]+)"\),', maker))  # dialogs
    views = set(re.findall(r'_View\("(\w+)"', window))
    assert len(views) > 4
    assert views <= made
    wanted = {
        f"{name}-{end}" for name in made for end in ("en-light", "en-dark", "ja-light", "ja-dark")
    }
    assert {path.stem for path in folder.glob("*.png")} == wanted
