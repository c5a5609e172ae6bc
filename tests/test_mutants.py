"""The tool that puts faults into the engine: what it finds, and that it leaves nothing behind."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from tests.faults import sites_of
from tests.mutants import Clean, Copy, main
from tests.test_faults import TINY

TEST = """from engine.script.tiny import larger, total


def test_total() -> None:
    assert total(1, 2) == 3


def test_larger() -> None:
    assert larger(2, 1)
"""


def test_who_reads_a_table_looks_for_a_fault_in_it() -> None:
    path, folder = "engine/script/table.py", "tests/engine/script"
    table, _, inside = sites_of(
        path, "RATES = (8,)\n\n\ndef first() -> int:\n    return RATES[0]\n"
    )
    reads, uses = f"{folder}/test_table.py::test_reads", f"{folder}/test_other.py::test_uses"
    away, slow = f"{folder}/test_other.py::test_away", f"{folder}/test_table.py::test_slow"
    clean = Clean({reads: 0.1, uses: 0.1, away: 0.1, slow: 99.0}, {path: {5: {uses}}})
    assert list(clean.steps(table)) == [[reads], [uses]]
    assert list(clean.steps(inside)) == [[uses]]


@pytest.mark.long
def test_a_machine_that_stands_still_is_no_mutant_that_hangs(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/pyproject.toml").write_text("", encoding="utf-8")
    sleeps, works = "import time; time.sleep(5)", "while True: pass"
    for name, code in (("sleeps", sleeps), ("works", works)):
        text = f"def test_it() -> None:\n    exec({code!r})\n"
        (tmp_path / f"tree/test_{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / "copy").mkdir()
    copy = Copy(tmp_path / "tree", tmp_path / "copy")
    assert copy.pytest("test_sleeps.py", limit=4)[0] == 0
    assert copy.pytest("test_works.py", limit=4)[0] is None


@pytest.mark.long
def test_what_a_test_notices_is_killed_and_the_rest_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (
        ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["."]\n'),
        ("engine/script/tiny.py", TINY),
        ("tests/engine/script/test_tiny.py", TEST),
    ):
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_text(text, encoding="utf-8")
    before = sorted((tmp_path / "tree").rglob("*"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    assert main(["--jobs", "2", "--least", "0.7"], tmp_path / "tree") == 1
    listed = capsys.readouterr().out.splitlines()
    assert listed[:3] == [
        "engine/script/tiny.py:17: swap_op",
        "    -    return a > b",
        "    +    return a >= b",
    ]
    assert listed[3].startswith("2/3 killed, 66.7%, seed 1, ")
    assert len(listed) == 4

    assert main(["--module", "engine/script/tiny.py", "--least", "0.6"], tmp_path / "tree") == 0
    assert capsys.readouterr().out.splitlines()[:3] == listed[:3]
    assert sorted((tmp_path / "tree").rglob("*")) == before
    assert (tmp_path / "tree/engine/script/tiny.py").read_text(encoding="utf-8") == TINY
    assert list((tmp_path / "temporary").iterdir()) == []

    def again(*options: str) -> tuple[str, int]:
        """The last line, and how many mutants were tried."""
        main(["--kept", str(tmp_path / "kept"), *options], tmp_path / "tree")
        out, err = capsys.readouterr()
        return out.splitlines()[-1], len(re.findall("^killed|^SURVIVED", err, re.M))

    assert again("--minutes", "0") == ("3 were not tried: call again, with the same --kept", 0)
    line, tried = again()
    assert (line[:10], tried) == ("2/3 killed", 3)
    line, tried = again()
    assert (line[:10], tried) == ("2/3 killed", 0)
    test = tmp_path / "tree/tests/engine/script/test_tiny.py"
    test.write_text(f"{TEST}    assert not larger(0.5, float('0.5'))\n", encoding="utf-8")
    line, tried = again("--only", "engine/script/tiny.py:17")  # another test, another try
    assert (line[:10], tried) == ("1/1 killed", 1)
    assert again()[0][:10] == "3/3 killed"
