"""`write --prompts --out`: each text is on the disk as it ends, and a second run goes on."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
import main
from engine.api import (
    BeamSearch,
    CompileCost,
    Metrics,
    Progress,
    Report,
    Text,
    TextRequest,
    WrittenText,
)
from engine.system.marks import is_marked
from tests.conftest import ROOT

FolderOf = Callable[[str], Path]
PROMPTS = ["the path", "x", "a b c", "the lamp is lit", "come home", "no", "yes it is"]
SAMPLE = ("--search", "sample", "--seed", "4,2", "--return", "2")


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.txt"
    path.write_text("\n".join(PROMPTS), encoding="utf-8")
    return path


class Writer:
    """A text engine that batches as ours does, where a score depends on the whole batch."""

    def __init__(self, place: Path, *, batch_size: int, **options: object) -> None:
        self.batch_size = batch_size

    def generate(self, request: TextRequest, report: Report) -> Text:
        search: Any = request.search
        copies = 1 if isinstance(search, BeamSearch) else getattr(search, "sequences", 1)
        size = self.batch_size
        if isinstance(search, BeamSearch):
            size = max(1, size // search.beams)
        rows = [(prompt, copy) for prompt in request.prompts for copy in range(copies)]
        texts: dict[int, WrittenText] = {}
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            for place, (prompt, copy) in reversed(list(enumerate(batch))):
                for one in range(search.sequences if isinstance(search, BeamSearch) else 1):
                    row = start + place
                    if isinstance(search, BeamSearch):
                        row = row * search.sequences + one
                    texts[row] = WrittenText(
                        text=f"{prompt[::-1]} {copy} {one}",
                        score=hashlib.sha256(repr(batch).encode()).digest()[0] / 7,
                        tokens=tuple(prompt.encode()),
                        ending="length",
                    )
                    report(Progress(stage="decode", done=1, total=1, row=row, written=texts[row]))
        ended = [texts[row] for row in sorted(texts)]
        return Text(
            texts=tuple(text.text for text in ended),
            scores=tuple(text.score for text in ended),
            tokens=tuple(np.array(text.tokens, np.int32) for text in ended),
            endings=tuple(text.ending for text in ended),
            metrics=Metrics(),
            compiled=CompileCost(),
        )

    def close(self) -> None:
        pass


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the model of `Writer`."""
    monkeypatch.setattr("engine.text.engine.TextEngine", Writer)
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def write(model: Path, prompts: Path) -> Callable[..., int]:
    def run(*words: str | Path) -> int:
        command = ["write", "--model", str(model), "--prompts", str(prompts), *map(str, words)]
        return main.main(command)

    return run


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "search", [(), SAMPLE, ("--search", "beam", "--beams", "2", "--return", "2")]
)
def test_a_run_goes_on_where_it_stopped_with_the_same_bytes(
    search: tuple[str, ...], write: Callable[..., int], tmp_path: Path
) -> None:
    whole, out = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    options = ("--batch-size", "4", *search)
    assert write("--out", whole, *options) == 0
    head, *rows = lines(whole)
    assert (head["made_by"], head["version"]) == ("Bark Studio", engine.__version__)
    assert [row["row"] for row in rows] == list(range(len(rows)))
    assert [row["prompt"] for row in rows] == [p for p in PROMPTS for _ in rows[:: len(PROMPTS)]]
    data = whole.read_bytes()
    ends = [at + 1 for at, byte in enumerate(data) if byte == 10]
    for cut in (ends[0], ends[0] + 9, ends[2], ends[4] - 1, ends[5] + 1, ends[-1] - 4):
        out.write_bytes(data[:cut])
        assert write("--out", out, *options) == 0
        assert out.read_bytes() == data, cut


def test_what_is_finished_needs_no_engine(
    write: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out.jsonl"
    assert write("--out", out, "--stop", "never said") == 2  # and the texts are there
    before = out.read_bytes()
    monkeypatch.setattr(Writer, "generate", lambda *_: pytest.fail("an engine works"))
    assert write("--out", out, "--stop", "never said") == 2
    assert "all 7 texts are in" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_another_request_and_another_file_are_refused(
    write: Callable[..., int],
    tmp_path: Path,
    model: Path,
    prompts: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out.jsonl"
    assert write("--out", out) == 0
    before = out.read_bytes()
    generate = Writer.generate
    monkeypatch.setattr(Writer, "generate", lambda *_: pytest.fail("an engine works"))
    for other in (("--search", "sample"), ("--max-new-tokens", "5"), ("--stop", "x")):
        assert write("--out", out, *other) == 2
        assert "holds the texts of another request" in capsys.readouterr().err
    with monkeypatch.context() as patch:
        patch.setattr("engine.__version__", "9.9.9")
        assert write("--out", out) == 2
    (model / "config.json").write_text('{"other": "model"}')
    assert write("--out", out) == 2
    (model / "config.json").write_text("{}")
    prompts.write_text("\n".join([*PROMPTS, "one more"]), encoding="utf-8")
    assert write("--out", out) == 2
    prompts.write_text("\n".join(PROMPTS), encoding="utf-8")
    head, *rest = before.splitlines(keepends=True)
    out.write_bytes(b"".join([head, rest[1], *rest]))
    assert write("--out", out) == 2
    assert "line 2 of" in capsys.readouterr().err
    out.write_bytes(b"mine")
    assert write("--out", out) == 2
    assert "was not written by this program" in capsys.readouterr().err
    assert write("--out", prompts, "--overwrite") == 2
    assert "is an input of this run" in capsys.readouterr().err
    assert write("--out", tmp_path / "no" / "out.jsonl") == 2
    assert write("--out", out, "--json", tmp_path / "a.json") == 2
    assert main.main(["write", "a", "--out", str(out)]) == 2
    assert out.read_bytes() == b"mine"
    assert prompts.read_text() == "\n".join(PROMPTS)
    monkeypatch.setattr(Writer, "generate", generate)
    assert write("--out", out, "--overwrite") == 0
    assert out.read_bytes() == before


def test_rows_are_printed_in_order_as_they_end(
    write: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    assert write("--out", out) == 0
    assert capsys.readouterr().out == ""
    texts = [str(row["text"]) for row in lines(out)[1:]]
    assert write("--batch-size", "2") == 0
    assert capsys.readouterr().out == "\n\n".join(texts) + "\n"


def test_the_report_is_ours_or_refused(write: Callable[..., int], tmp_path: Path) -> None:
    report = tmp_path / "a.json"
    report.write_text("{}")
    assert write("--json", report) == 2
    assert report.read_text() == "{}"
    assert write("--json", report, "--overwrite") == 0
    assert is_marked(report)
    assert write("--json", report) == 0


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX locks")
def test_two_runs_do_not_write_one_file(
    write: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import fcntl

    out = tmp_path / "out.jsonl"
    assert write("--out", out) == 0
    out.write_bytes(out.read_bytes()[:-3])
    before = out.read_bytes()
    with out.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert write("--out", out) == 2
    assert "is being written by another run" in capsys.readouterr().err
    assert out.read_bytes() == before


class Batch:
    """`write --prompts --out` of a real model, in a process of its own each time."""

    def __init__(self, model: Path, prompts: Path) -> None:
        prompts.write_text("\n".join(f"{prompt} {n}" for n in range(6) for prompt in PROMPTS))
        command = [sys.executable, str(ROOT / "main.py"), "write", "--model", str(model)]
        command += ["--device", "cpu", "--no-cache", "--prompts", str(prompts)]
        self._command = [*command, "--batch-size", "4", "--max-new-tokens", "20", "--out"]

    def finish(self, out: Path) -> bytes:
        assert self._start(out).wait(240) == 0
        return out.read_bytes()

    def kill(self, out: Path, row: int, later: float, whole: bytes) -> int:
        """Kill it once `row` rows are there, `later` seconds on. What is there is right. How many
        died at it: none if it had ended."""
        process = self._start(out)
        while process.poll() is None:
            if row < 0 or (out.exists() and out.read_bytes().count(b"\n") > row):
                break
            threading.Event().wait(0.01)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(later)
        process.kill()
        died = process.wait(240) < 0
        found = out.read_bytes() if out.exists() else b""
        assert whole.startswith(found) or not found.endswith(b"\n")
        assert whole.startswith(found[: found.rfind(b"\n") + 1])
        return died

    def _start(self, out: Path) -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen([*self._command, str(out)], stdout=quiet, stderr=quiet)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX signals")
def test_a_killed_run_goes_on(folder_of: FolderOf, tmp_path: Path, prompts: Path) -> None:
    batch = Batch(folder_of("llama"), prompts)
    whole, out = batch.finish(tmp_path / "whole.jsonl"), tmp_path / "out.jsonl"
    for row in (1, 17):
        assert batch.kill(out, row, 0.0, whole)
    assert batch.finish(out) == whole


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX signals")
def test_fifty_killed_runs(folder_of: FolderOf, tmp_path: Path, prompts: Path) -> None:
    batch, moments = Batch(folder_of("llama"), prompts), random.Random(1)
    whole = batch.finish(tmp_path / "whole.jsonl")
    inputs = sorted(path.name for path in tmp_path.iterdir())
    died = number = 0
    while died < 50:  # some have ended before
        out = tmp_path / f"{number}.jsonl"
        for _ in range(5):
            had = out.read_bytes().count(b"\n") if out.exists() else 0
            row = moments.choice((-1, had + moments.randrange(12)))  # -1: still starting
            died += batch.kill(out, row, moments.random() * (6 if row < 0 else 0.3), whole)
        assert batch.finish(out) == whole
        number += 1
        assert number < 20
    made = {f"{n}.jsonl" for n in range(number)}
    assert {path.name for path in tmp_path.iterdir()} - made == set(inputs)  # and nothing else


@pytest.mark.parametrize(
    "data",
    [b"caf\xe9", "\ufeffthe path".encode(), "the path".encode("utf-16"), bytes(range(256)) * 9],
)
def test_any_encoding_is_read_or_told(
    data: bytes,
    model: Path,
    prompts: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prompts.write_bytes(data)
    for words in (["-"], ["--prompts", str(prompts)]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main.main(["write", "--model", str(model), *words])
        err = capsys.readouterr().err
        assert code == 0 or (code == 2 and "is no text file" in err)
        assert code == (2 if len(data) > 99 else 0)
        assert ("was read as" in err) == (data == b"caf\xe9")
