"""docs/architecture.md: its links lead somewhere, its names are there, its picture is of today."""

from __future__ import annotations

import importlib.util
import re

from tests.conftest import ROOT

DOCS = ROOT / "docs"
TEXT = (DOCS / "architecture.md").read_text(encoding="utf-8")

_spec = importlib.util.spec_from_file_location("architecture", DOCS / "architecture.py")
assert _spec is not None
assert _spec.loader is not None
architecture = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(architecture)


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert len(links) > 30
    for link in links:
        assert (DOCS / link).is_file(), link


def test_every_name_stands_in_a_file_that_its_step_links() -> None:
    steps = re.split(r"\n(?=\d\. \*\*|\n|- )", TEXT.partition("## What a folder asks")[0])
    names = 0
    for step in steps:
        files = [DOCS / link for link in re.findall(r"\]\((\.\./[^)]+\.py)\)", step)]
        source = "\n".join(file.read_text(encoding="utf-8") for file in files)
        for name in re.findall(r"`([A-Z]\w+(?:\.\w+)?)`", step):
            names += 1
            owner, _, part = name.partition(".")
            assert re.search(rf"\b{owner}\b", source), f"{name} is in none of {files}"
            assert not part or re.search(rf"(def {part}\b|\b{part} =)", source), name
    assert names > 15


def test_folders_and_picture_are_drawn_from_the_code() -> None:
    why = "python docs/architecture.py draws it anew"
    assert architecture.page(TEXT) == TEXT, why
    assert architecture.picture() == (DOCS / "architecture.svg").read_text(encoding="utf-8"), why
