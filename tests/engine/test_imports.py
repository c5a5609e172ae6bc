"""What an import brings in: the window and --help must not wait for a framework."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


def third_party(statement: str) -> set[str]:
    """The packages, other than ours and the standard library's, that a statement imports."""
    code = (
        f"import sys; {statement}\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(*sorted(n for n in names - sys.stdlib_module_names if not n.startswith('_')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    at_start = {"sitecustomize", "usercustomize", "distutils-precedence"}
    return set(done.stdout.split()) - {"engine", "main", *at_start}


@pytest.mark.parametrize(
    ("statement", "brought"),
    [
        ("import main, engine.models.bark, engine.settings, engine.setup.doctor", set()),
        ("import engine.setup.environment, engine.system.atomic_files, engine.cli.parser", set()),
        ("import engine.api, engine.job, engine.engines", {"numpy"}),
        ("import engine.audio.wav, engine.audio.play", {"numpy"}),
        ("import engine.documents.read", set()),  # each reader comes with its first file
    ],
)
def test_an_import_brings_in_no_more_than_it_says(statement: str, brought: set[str]) -> None:
    assert third_party(statement) == brought
