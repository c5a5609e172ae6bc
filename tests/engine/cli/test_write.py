"""The command `write`: streams, exit codes, sentences."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import main
from engine.api import BeamSearch, Greedy, Sampling
from engine.cli import write as cli_write
from engine.cli.probabilities import as_table
from engine.readings import Scores, TokenScore
from tests.conftest import ROOT

FolderOf = Callable[[str], Path]
TINY = ["--device", "cpu", "--max-new-tokens", "12"]
SCHEMA = str(ROOT / "resources/starter-voice/generation_config.json")  # any object is one


@pytest.fixture
def write(folder_of: FolderOf) -> Callable[..., int]:
    """`write` with the tiny llama, without a cache on the disk."""

    def run(*words: str) -> int:
        return main.main(["write", *TINY, "--no-cache", "--model", str(folder_of("llama")), *words])

    return run


@pytest.fixture
def write_again(
    folder_of: FolderOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """The same with a cache of its own: what was compiled once is there for the next one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda *words: main.main(["write", *TINY, "--model", str(folder_of("llama")), *words])


def test_text_goes_to_standard_output_and_the_rest_to_error(
    write: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = tmp_path / "out.json"
    assert write("the path", "--probabilities", "2", "--json", str(told)) == 0
    out, error = capsys.readouterr()
    result = json.loads((tmp_path / "out.json").read_text())
    assert out == result["texts"][0]["text"] + "\n"
    assert "12 tokens" in error
    assert result["texts"][0]["ending"] == "length"
    assert result["compiled"]["misses"] == 2
    scores = result["texts"][0]["probabilities"]
    assert len(scores) == 12
    # Greedy: each token is the likeliest.
    assert all(score["probability"] == score["likeliest"][0]["probability"] for score in scores)
    assert len(scores[0]["likeliest"]) == 2


def test_probabilities_are_a_table_for_people() -> None:
    likeliest = ((" b", 0.5), ("a", 0.25))
    tokens = (TokenScore(text="a", probability=0.25, likeliest=likeliest),)
    head, row = as_table(Scores(tokens=tokens)).splitlines()
    assert head.split() == ["token", "probability", "likeliest"]
    assert row.split() == ["'a'", "0.250", "'", "b'", "0.500", "'a'", "0.250"]


@pytest.mark.slow
def test_prompts_come_from_standard_input_and_files(
    write_again: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    write_again("the path")
    direct = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"the path")))
    assert write_again("-") == 0
    assert capsys.readouterr().out == direct
    (tmp_path / "prompts.txt").write_text("the path\n\nx\n", encoding="utf-8")
    assert write_again("--prompts", str(tmp_path / "prompts.txt")) == 0
    assert capsys.readouterr().out.startswith(direct + "\n")


@pytest.mark.parametrize(
    ("words", "search"),
    [
        ("", Greedy()),
        ("--repetition-penalty 1.2", Greedy(repetition_penalty=1.2)),
        ("--temperature 0.8", Sampling(temperature=0.8)),
        ("--temperature 0", Sampling(temperature=0.0)),
        ("--seed 42,0 --return 2", Sampling(seed=(42, 0), sequences=2)),
        ("--top-p 0.9 --repetition-penalty 1.2", Sampling(top_p=0.9, repetition_penalty=1.2)),
        ("--beams 2 --return 2", BeamSearch(beams=2, sequences=2)),
    ],
)
def test_options_say_which_search_is_meant(words: str, search: object) -> None:
    args = main.build_parser().parse_args(["write", "a", *words.split()])
    assert cli_write._search(args) == search


@pytest.mark.slow
def test_sampling_and_beams_have_their_options(
    write_again: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    sample = ["a", "--search", "sample", "--temperature", "0.8", "--top-k", "9", "--top-p", "0.9"]
    assert write_again(*sample, "--seed", "4,2") == 0
    first = capsys.readouterr().out
    assert write_again(*sample, "--seed", "4,2") == 0
    assert capsys.readouterr().out == first
    assert write_again("a", "--search", "beam", "--beams", "3", "--return", "2") == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([""], "empty"),
        ([" \n"], "empty"),
        ([], "prompt or --prompts"),
        (["a", "--prompts", "b"], "prompt or --prompts"),
        (["--prompts", "/nowhere"], "cannot read"),
        (["a", "--search", "beam", "--temperature", "1"], "--temperature has no meaning"),
        (["a", "--search", "greedy", "--temperature", "1"], "--temperature has no meaning"),
        (["a", "--beams", "2", "--temperature", "1"], "--temperature has no meaning"),
        (["a", "--search", "beam", "--top-k", "1"], "--top-k has no meaning"),
        (["a", "--search", "beam", "--seed", "1,2"], "--seed has no meaning"),
        (["a", "--return", "2"], "--return has no meaning"),
        (["a", "--search", "beam", "--return", "9"], "4 beams"),
        (["a", "--search", "sample", "--seed", "1"], "two whole numbers"),
        (["a", "--search", "sample", "--top-p", "2"], "top-p"),
        (["a", "--max-new-tokens", "0"], "at least 1"),
        (["a", "--batch-size", "0"], "batch size"),
        (["a", "--stop", ""], "stop string"),
        (["a", "--chat"], "no chat template"),
        (["a", "--model", "nowhere"], "no text model nowhere"),
        (["a", "--model", "/no/where/at/all"], "no text model"),
        (["a" * 500], "shorten it"),
        (["a", "--stop", "never said"], "never came"),
        (["a", "--json", "/no/where/out.json"], "cannot write"),
        (["a", "--probabilities", "101"], "0 to 100 tokens"),
        (["--prompts", __file__, "--out", "x.jsonl", "--probabilities", "1"], "without --out"),
        (["a", "--schema", "/nowhere"], "cannot read"),
        (["a", "--schema", __file__], "test_write.py is no JSON schema"),
        (["a", "--schema", SCHEMA, "--beams", "2"], "no beams follow it"),
        (["a", "--schema", SCHEMA], "step in C alone: choose --precision int8"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    words: list[str],
    sentence: str,
    write: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert write(*words) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert sentence in last


def test_a_cut_text_says_so(write: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert write("a" * 155) == 0
    assert "context is full" in capsys.readouterr().err
