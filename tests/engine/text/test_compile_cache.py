"""Functions on the disk: read instead of traced, with the same result, and replaced when broken."""

from __future__ import annotations

import ast
import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine.api import BeamSearch, Greedy, Sampling, TextRequest
from engine.system.paths import ROOT
from engine.text.compile_cache import SOURCES, Exports
from engine.text.engine import TextEngine

SEARCHES = [Greedy(), Sampling(top_k=9, seed=(3, 4)), BeamSearch(beams=3, sequences=2)]


@pytest.fixture(autouse=True)
def no_flags_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "")


@pytest.fixture
def place(folder_of: Callable[[str], Path]) -> Path:
    return folder_of("qwen2")


def write(place: Path, cache: Path | None, search: Any = None) -> list[str]:
    engine = TextEngine(place, device="cpu", cache=cache)
    prompts = ("the path of the night", "to be")
    request = TextRequest(prompts=prompts, search=search or Greedy(), max_new_tokens=20)
    text = engine.generate(request)
    engine.close()
    return [*text.texts, *(f"{score:.4f}" for score in text.scores)]


@pytest.mark.parametrize(
    "search", [pytest.param(search, marks=pytest.mark.slow) for search in SEARCHES]
)
def test_a_later_start_traces_nothing_and_writes_the_same(
    search: Any, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = write(place, None, search)
    assert write(place, tmp_path, search) == expected
    monkeypatch.setattr(Exports, "save", lambda *_: pytest.fail("traced once more"))
    assert write(place, tmp_path, search) == expected


@pytest.mark.slow
def test_broken_files_are_made_anew(place: Path, tmp_path: Path) -> None:
    expected = write(place, tmp_path)
    files = sorted(tmp_path.rglob("*.function"))
    assert len(files) == 2
    whole = [file.read_bytes() for file in files]
    for broken in (b"", b"no function", whole[0][: len(whole[0]) // 2]):
        for file in files:
            file.write_bytes(broken)
        assert write(place, tmp_path) == expected
        assert all(len(file.read_bytes()) > len(broken) for file in files)


@pytest.mark.slow
def test_a_full_disk_costs_only_the_next_start(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    expected = write(place, None)
    monkeypatch.setattr("engine.system.compiled_code.tempfile.mkstemp", full)
    assert write(place, tmp_path) == expected
    assert not list(tmp_path.rglob("*.function"))


@pytest.mark.slow
def test_another_model_has_other_files(
    place: Path, folder_of: Callable[[str], Path], tmp_path: Path
) -> None:
    for model in (place, folder_of("gpt2")):
        write(model, tmp_path)
    assert len(list(tmp_path.rglob("*.function"))) == 4


def test_the_name_of_a_file_covers_all_that_shapes_a_function() -> None:
    """Everything of ours that the compiled functions are made of, found by its imports."""
    folder = ROOT / "engine" / "text"
    found, waiting = set[str](), ["search.py", "beams.py"]
    while waiting:
        name = waiting.pop()
        found.add(name)
        for node in ast.parse((folder / name).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("engine.text."):
                path = str(node.module).removeprefix("engine.text.").replace(".", "/") + ".py"
                waiting += [path] if path not in found else []
    assert set(SOURCES) == found | {"compile_cache.py"}


def test_what_a_function_is_bound_to_is_in_its_name(tmp_path: Path) -> None:
    exports = Exports(tmp_path, [], "")
    functions = [len, partial(pow, 2), partial(pow, 3), partial(pow, exp=3), partial(int, "3")]
    assert len({exports.path("key", function, ()) for function in functions}) == len(functions)
    assert exports.path("key", partial(pow, 2), ()) == exports.path("key", partial(pow, 2), ())


def test_an_edit_elsewhere_leaves_the_files_of_earlier_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, edited = Path.read_bytes, set[str]()

    def read_edited(self: Path) -> bytes:
        return read(self) + b"# edited" * (self.name in edited)

    monkeypatch.setattr(Path, "read_bytes", read_edited)
    before = Exports(tmp_path, [], "").path("key", len, ())
    edited |= {"generation.py", "process.py", "tokenizer.py", "write.py"}
    assert Exports(tmp_path, [], "").path("key", len, ()) == before
    edited.add("decoder.py")
    assert Exports(tmp_path, [], "").path("key", len, ()) != before
