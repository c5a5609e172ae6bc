"""`main.py bench speech`, the real command on a tiny checkpoint. No figure is judged, but that all
did the same work, what became of their tokens, and how it is told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

import main
from engine.bench import results, speech
from engine.bench.cases import VARIED
from engine.bench.rounds import Measured, Rounds
from engine.bench.runner import Contender
from engine.bench.speech_contender import save_witness
from engine.errors import UserError
from engine.models import random_weights
from tests.conftest import ROOT
from tests.engine.bark import tiny

FEW = ("--tokens", "8", "--batch", "1", "--precision", "float32", "--vary", "precision")


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
    options = ("--tokens", "8", "--batch", "1,2", "--precision", "float32", "--loops", "2")
    vary = ("--vary", "batch,offload", "--device", "cpu")
    compare = ("--compare", "transformers", "--json", file)
    result = measure("--model", model, *options, *vary, *compare)
    *text, last = result.stdout.splitlines()
    return json.loads(last), text, file.read_text(encoding="utf-8")


NAMES = [
    *("2 rows", "offload"),
    *("transformers float32", "transformers sdpa", "transformers bfloat16"),
    *("transformers offload", "transformers bfloat16 · 2 rows"),
]


@pytest.mark.slow
def test_the_last_line_is_the_file(done: tuple[dict[str, Any], list[str], str]) -> None:
    report, _, file = done
    assert json.loads(file) == report
    assert report["finished"] is True


@pytest.mark.slow
def test_every_case_is_there_and_says_what_it_cost(
    done: tuple[dict[str, Any], list[str], str],
) -> None:
    report, _, _ = done
    assert report["reference"]["name"] == "float32 · 1 row"
    assert [case["name"] for case in report["cases"]] == NAMES
    frames = int(8 * tiny.COARSE["coarse_rate_hz"] / tiny.SEMANTIC["semantic_rate_hz"])
    for case in [report["reference"], *report["cases"]]:
        if case["refused"]:
            continue
        assert case["seconds_of_sound"] == frames / 50
        able = sum(not case["refused"] for case in report["cases"]) + 1  # the reference again
        assert len(case["seconds"]["all"]) == (2 if "ratio" in case else 2 * (able + 1))
        assert case["throughput"] == case["rows"] / case["seconds"]["median"]
        assert 10**7 < case["peak_bytes"] < 10**10
        assert list(case["stages"]) == ["semantic", "coarse", "fine", "codec"]
        assert 0 < sum(case["stages"].values()) < 1.5 * case["seconds"]["max"]
        assert case["achieved"]["bytes_a_second"] > 0
    assert report["noise"]["rounds"] == report["rounds"] == 2
    assert report["ended"] == "loops"
    assert report["peak"]["operations_a_second"]["float32"] > 10**8


@pytest.mark.slow
def test_what_cannot_be_done_is_a_row_in_its_own_words(
    done: tuple[dict[str, Any], list[str], str],
) -> None:
    report, text, _ = done
    refused = {case["name"]: case["refused"] for case in report["cases"] if case["refused"]}
    assert "offload needs an accelerator" in refused["offload"]
    assert "does not support" in refused["transformers sdpa"]
    assert any(line.startswith("offload") and "refused" in line for line in text)
    assert any(line.startswith("offload: refused: offload needs an") for line in text)


@pytest.mark.slow
def test_what_became_of_the_tokens(done: tuple[dict[str, Any], list[str], str]) -> None:
    report, _, _ = done
    words = {case["name"]: case["tokens"]["word"] for case in report["cases"] if "tokens" in case}
    assert words["2 rows"] == words["transformers float32"] == "same tokens"
    assert words["transformers bfloat16"] in ("same tokens", "rounding")


@pytest.mark.slow
def test_the_table_names_all_and_the_machine(
    done: tuple[dict[str, Any], list[str], str],
) -> None:
    report, text, _ = done
    assert text[0].startswith("noise: the reference against itself, in another process, took ")
    rows = ["float32 · 1 row", *NAMES]
    assert [line[: len(name)] for line, name in zip(text[2:], rows, strict=False)] == rows
    assert report["machine"]["processor"] in " ".join(text)
    assert any(f"torch {report['machine']['torch']}" in line for line in text)
    assert report["reference"]["threads"] >= 1


@pytest.mark.slow
def test_what_is_stopped_has_kept_what_it_measured(model: Path, tmp_path: Path) -> None:
    """Ctrl-C ends all processes, too."""
    file = tmp_path / "x.json"
    many = (*FEW, "--loops", "100000", "--narrow", "0", "--json", file)
    with subprocess.Popen(
        command("--model", model, *many),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert any("round 3 of" in line for line in process.stderr)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert children
    assert not any(child.is_running() for child in children)
    kept = results.load(file)
    assert kept["finished"] is False
    assert kept["rounds"] >= 2


# ── what is refused, before any work ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--tokens", "61"), "this model makes at most 60 semantic tokens in one row"),
        (("--tokens", "8", "--voice", "bob"), "this model has no voice 'bob'"),
        (("--tokens", "8", "--precision", "float16,float32"), "float16 needs CUDA or MPS"),
        (("--tokens", "8", "--batch", "257"), "batch_size lies between 1 and 256"),
        (("--tokens", "8", "--json", "/no/such/folder/x.json"), "there is no folder"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    arguments: tuple[str, ...], words: str, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "Pool", lambda *_, **__: pytest.fail("it began"))
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
        ("--loops", "1.5"),
        ("--minutes", "0"),
        ("--vary", "colour"),
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
    err = measure("--model", broken, *FEW, code=2).stderr
    assert "model.safetensors is damaged" in err.splitlines()[-1]


# ── parts ─────────────────────────────────────────────────────────────────────────────────────


def test_defaults() -> None:
    args = main.build_parser().parse_args(["bench", "speech"])
    assert (args.tokens, args.batch, args.precision, args.loops) == (256, (1, 2, 4, 8), None, 5)
    assert (args.model, args.compare, args.voice, args.json) == (None, None, "none", None)
    assert (args.minutes, args.vary, args.cross) == (None, VARIED, False)


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


class Told:
    """Stands in for the processes: tells what each case's first row chose from."""

    def __init__(self, **seen: dict[str, Any]) -> None:
        self.seen = seen

    def start(self, case: Contender) -> None: ...

    def run(self, case: Contender, order: str) -> dict[str, Any]:
        assert order == "witness"
        pairs = {stage: [pair] for stage, pair in self.seen[case.name].items()}
        save_witness(Path(case.description["witness"]), pairs, 2)
        return {}


def spoken(folder: Path, name: str, *rows: list[int], sound: float = 1.0) -> Measured:
    """A case of one run with these semantic tokens in its rows."""
    case = Contender(name, "", {"rows": len(rows), "witness": str(folder / f"{name}.npz")})
    tokens = [{"semantic": row, "coarse": [[1], [2]], "fine": [[1], [2]]} for row in rows]
    return Measured(case, [{"seconds": 1.0, "seconds_of_sound": sound, "tokens": tokens}])


def chose(*semantic: int) -> dict[str, Any]:
    """What a first row chose from, where the third id is always the likeliest."""
    logits = np.tile(np.array([0.0, 1.0, 1.99, 2.0, 0.5]), (len(semantic), 1))
    other = (np.zeros(2, int), np.tile([1.0, 0.0], (2, 1)))
    return {"semantic": (np.array(semantic), logits), "coarse": other, "fine": other}


def test_a_token_that_was_changed_is_named(tmp_path: Path) -> None:
    """Its logits are the reference's: not rounding, but another choice."""
    reference = spoken(tmp_path, "reference", [3, 3, 3])
    cases = [spoken(tmp_path, "same", [3, 3, 3]), spoken(tmp_path, "changed", [3, 2, 3])]
    pool: Any = Told(reference=chose(3, 3, 3), changed=chose(3, 2, 3))
    found = speech._verdicts(Rounds(reference, cases), pool, lambda _: None)
    assert found["same"]["word"] == "same tokens"
    assert found["changed"] == {"word": "different", "stage": "semantic", "step": 1, "error": 0}


def test_a_row_that_has_other_tokens_than_the_first_is_different(tmp_path: Path) -> None:
    reference = spoken(tmp_path, "reference", [3, 3])
    cases = [spoken(tmp_path, "rows", [3, 3], [3, 1])]
    pool: Any = Told(reference=chose(3, 3), rows=chose(3, 3))
    found = speech._verdicts(Rounds(reference, cases), pool, lambda _: None)
    assert found["rows"]["word"] == "different"


def test_other_work_is_no_comparison(tmp_path: Path) -> None:
    reference = spoken(tmp_path, "reference", [3, 3])
    cases = [spoken(tmp_path, "less", [3]), spoken(tmp_path, "longer", [3, 3], sound=2.0)]
    pool: Any = Told()
    assert speech._verdicts(Rounds(reference, cases), pool, lambda _: None) == {}
    assert all("cannot be compared" in case.refused for case in cases)
    assert "1 semantic, 2 coarse, 2 fine tokens" in cases[0].refused
