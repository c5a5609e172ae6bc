"""`main.py bench speech`, the real command on a tiny checkpoint. No figure is judged, but that both
sides did the same work, in turns, and how it is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

import main
from engine.bench import runner, speech
from engine.errors import UserError
from engine.models import random_weights
from engine.settings import Settings
from tests.conftest import ROOT
from tests.engine.bark import tiny

TINY = ("--tokens", "8", "--batch", "1", "--precision", "float32", "--trials", "1")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "tiny"
    tiny.write_checkpoint(folder)
    return folder


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, str(ROOT / "main.py"), "bench", "speech", *map(str, arguments)]


def measure(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command(*arguments), capture_output=True, text=True, timeout=200)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def done(
    model: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], list[str], str]:
    """The report, the lines for people, and what stood in the file."""
    file = tmp_path_factory.mktemp("report") / "report.json"
    options = ("--tokens", "8", "--batch", "1,2", "--precision", "float32", "--trials", "2")
    result = measure("--model", model, *options, "--compare", "transformers", "--json", file)
    *text, last = result.stdout.splitlines()
    return json.loads(last), text, file.read_text(encoding="utf-8")


NAMES = ["transformers float32", "ours float32", "ours float32 × 2"]


@pytest.mark.slow
def test_the_last_line_is_the_file(done: tuple[dict[str, Any], list[str], str]) -> None:
    report, _, file = done
    assert json.loads(file) == report
    assert file.count("\n") == 1


@pytest.mark.slow
def test_both_sides_do_the_same_fixed_work(done: tuple[dict[str, Any], list[str], str]) -> None:
    report, _, _ = done
    assert [c["name"] for c in report["contenders"]] == NAMES
    frames = int(8 * tiny.COARSE["coarse_rate_hz"] / tiny.SEMANTIC["semantic_rate_hz"])
    for contender in report["contenders"]:
        assert contender["tokens_of_a_row"] == {
            "semantic": 8,
            "coarse": 2 * frames,
            "fine": 4 * frames,
        }
        assert contender["seconds_of_sound_of_a_row"] == frames / 50


@pytest.mark.slow
def test_in_float32_both_make_the_same_tokens(
    done: tuple[dict[str, Any], list[str], str],
) -> None:
    report, text, _ = done
    assert report["same_tokens"] is True
    for contender in report["contenders"][1:]:
        assert contender["equal_tokens"] == {"semantic": 1, "coarse": 1, "fine": 1}
    assert sum("same tokens as transformers float32: yes" in line for line in text) == 2


@pytest.mark.slow
def test_contenders_took_turns(done: tuple[dict[str, Any], list[str], str]) -> None:
    report, _, _ = done
    turns = [(run["trial"], run["contender"]) for run in report["runs"]]
    assert turns == [(trial, name) for trial in (1, 2) for name in NAMES]


@pytest.mark.slow
def test_figures_agree_with_the_runs(done: tuple[dict[str, Any], list[str], str]) -> None:
    report, _, _ = done
    reference = report["contenders"][0]
    for contender in report["contenders"]:
        runs = [r["seconds"] for r in report["runs"] if r["contender"] == contender["name"]]
        rows = contender["rows"]
        assert contender["seconds_of_a_row"]["all"] == [seconds / rows for seconds in runs]
        median = contender["seconds_of_a_row"]["median"]
        assert contender["times_faster_than"] == {
            "transformers float32": reference["seconds_of_a_row"]["median"] / median
        }
        assert contender["memory_of_reference"] == (
            contender["host_bytes"] / reference["host_bytes"]
        )
        stages = contender["stages_of_a_row"]
        assert list(stages) == ["semantic", "coarse", "fine", "codec"]
        assert 0 < sum(stage["min"] for stage in stages.values()) <= max(runs) / rows
        assert contender["real_time_factor"] == median / contender["seconds_of_sound_of_a_row"]


@pytest.mark.slow
def test_the_table_names_all_and_the_machine(
    done: tuple[dict[str, Any], list[str], str],
) -> None:
    report, text, _ = done
    assert [line[: len(name)] for line, name in zip(text[1:], NAMES, strict=False)] == NAMES
    assert len({len(line) for line in text[:4]}) == 1
    machine = report["machine"]
    assert machine["processor"] in text[-1]
    assert f"torch {machine['torch']}, transformers {machine['transformers']}" in text[-1]
    assert machine["threads"] >= 1


@pytest.mark.slow
def test_a_voice_and_several_precisions(model: Path) -> None:
    options = ("--tokens", "60", "--batch", "1", "--precision", "bfloat16,float32")
    voice = ("--voice", "v1/anna", "--trials", "1", "--compare", "transformers")
    report = json.loads(measure("--model", model, *options, *voice).stdout.splitlines()[-1])
    assert report["voice"] == "v1/anna"
    assert report["same_tokens"] is True
    assert {c["name"]: list(c["times_faster_than"]) for c in report["contenders"]} == {
        "transformers float32": ["transformers float32"],
        "transformers bfloat16": ["transformers float32", "transformers bfloat16"],
        "ours bfloat16": ["transformers float32", "transformers bfloat16"],
        "ours float32": ["transformers float32"],
    }


@pytest.mark.slow
def test_alone_it_needs_no_transformers(model: Path) -> None:
    done = measure("--model", model, *TINY)
    report = json.loads(done.stdout.splitlines()[-1])
    assert [c["name"] for c in report["contenders"]] == ["ours float32"]
    assert report["same_tokens"] is None
    assert report["contenders"][0]["times_faster_than"] == {}
    assert "×" not in done.stdout.splitlines()[0]
    assert "ours float32: trial 1 of 1" in done.stderr


@pytest.mark.slow
def test_ctrl_c_leaves_nobody_behind(model: Path) -> None:
    many = ("--tokens", "60", "--batch", "1", "--precision", "float32", "--trials", "1000")
    with subprocess.Popen(
        command("--model", model, *many),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert any("trial 1 of" in line for line in process.stderr)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert children
    assert not any(child.is_running() for child in children)


# ── what is refused, before any work ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--tokens", "61"), "this model makes at most 60 semantic tokens in one row"),
        (("--tokens", "8", "--voice", "bob"), "this model has no voice 'bob'"),
        (("--tokens", "8", "--precision", "float16"), "float16 needs CUDA or MPS"),
        (("--tokens", "8", "--batch", "257"), "batch_size lies between 1 and 256"),
        (("--tokens", "8", "--json", "/no/such/folder/x.json"), "there is no folder"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    arguments: tuple[str, ...], words: str, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "take_turns", lambda *_, **__: pytest.fail("it began"))
    with pytest.raises(UserError, match=words):
        main.run(["bench", "speech", "--model", str(model), "--device", "cpu", *arguments])


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is no Bark checkpoint: it has no config\.json"):
        main.run(["bench", "speech", "--model", str(tmp_path)])


def test_a_comparison_without_transformers_is_refused(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = speech.importlib.util.find_spec
    monkeypatch.setattr(
        speech.importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "transformers" else find_spec(name, *rest),
    )
    with pytest.raises(UserError, match="--compare needs the package transformers"):
        main.run(["bench", "speech", "--model", str(model), "--compare", "transformers"])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--precision", "float31"),
        ("--precision", "auto"),
        ("--precision", "float32,"),
        ("--batch", "0"),
        ("--batch", "1,x"),
        ("--tokens", "-8"),
        ("--trials", "1.5"),
        ("--compare", "suno"),
    ],
)
def test_a_wrong_word_is_one_sentence(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit:
        main.run(["bench", "speech", option, value])
    assert exit.value.code == 2
    err = capsys.readouterr().err
    assert f"argument {option}" in err
    assert err.count("\n") == 1


@pytest.mark.slow
def test_damaged_weights_are_said_in_one_sentence(model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in model.iterdir():
        if file.is_file():
            (broken / file.name).write_bytes(file.read_bytes()[:1000])
    for name in ("config.json", "generation_config.json", "tokenizer.json"):
        (broken / name).write_bytes((model / name).read_bytes())
    err = measure("--model", broken, *TINY, code=2).stderr
    assert "model.safetensors is damaged" in err.splitlines()[-1]


# ── parts ─────────────────────────────────────────────────────────────────────────────────────


def test_defaults() -> None:
    args = main.build_parser().parse_args(["bench", "speech"])
    assert (args.tokens, args.batch, args.precision, args.trials) == (256, (1, 8), None, 2)
    assert (args.model, args.compare, args.voice, args.json) == (None, None, "none", None)


def names(model: Path, compare: str | None, batches: list[int], *precisions: str) -> list[str]:
    settings = Settings(device="cpu")
    asked = (model, settings, compare, 8, batches, precisions, None)
    return [contender.name for contender in speech._contenders(*asked)]


def test_who_is_measured(model: Path) -> None:
    assert names(model, None, [4, 1]) == [
        *("ours float32 × 4", "ours float32"),
        *("ours bfloat16 × 4", "ours bfloat16"),
        *("ours int8 × 4", "ours int8"),
    ]
    assert names(model, "transformers-batch", [4], "bfloat16") == [
        *("transformers float32", "transformers float32 × 4"),
        *("transformers bfloat16", "transformers bfloat16 × 4"),
        "ours bfloat16 × 4",
    ]


def test_each_number_counts_once() -> None:
    args = main.build_parser().parse_args(["bench", "speech", "--batch", "4,1,4"])
    assert args.batch == (4, 1)


def test_the_random_checkpoint_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def write_random(kind: str, folder: Path) -> None:
        made.append((kind, folder))
        folder.mkdir(parents=True)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(random_weights, "write_random", write_random)
    folder = tmp_path / "bark-studio" / "bench" / "bark-small"
    told: list[str] = []
    assert speech.random_checkpoint(told.append) == folder
    assert speech.random_checkpoint(told.append) == folder
    assert made == [("bark-small", folder)]
    assert len(told) == 1
    assert "random weights in" in told[0]


def values(semantic: list[int], seconds_of_sound: float = 1.0) -> dict[str, Any]:
    tokens = {"semantic": semantic, "coarse": [[1], [2]], "fine": [[1], [2]]}
    return {"seconds_of_sound": seconds_of_sound, "tokens": [tokens]}


def test_unequal_work_is_no_comparison() -> None:
    speech._check_same_work({"a": [values([1, 2])], "b": [values([3, 4]), values([5, 6])]})
    for other in (values([1]), values([1, 2], seconds_of_sound=2.0)):
        with pytest.raises(UserError, match="the comparison is void"):
            speech._check_same_work({"a": [values([1, 2])], "b": [values([1, 2]), other]})


def test_unequal_tokens_are_counted() -> None:
    assert speech._equal([[1, 2, 3, 4], [1, 2, 3, 0]], [1, 2, 3, 4]) == 7 / 8
    assert speech._equal([[[1, 2], [3, 4]]], [[1, 2], [3, 5]]) == 3 / 4
    assert speech._same_tokens([{}, {"equal_tokens": {"semantic": 1.0}}]) is True
    assert speech._same_tokens([{"equal_tokens": {"semantic": 1.0, "fine": 0.99}}]) is False
    assert speech._same_tokens([{}]) is None
