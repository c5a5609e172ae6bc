"""The text benchmark: its figures from known runs, and the whole of it on a tiny model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import main
from engine.bench import text
from engine.bench.runner import Run


def test_ratios_are_those_of_the_same_trial() -> None:
    def run(trial: int, name: str, seconds: float, tokens: list[list[int]]) -> Run:
        values = {"seconds": seconds, "cold": 9.0, "tokens": tokens, "peak_bytes": 5}
        return Run(trial, name, values)

    measured = text._measured(
        [
            run(1, "xla", 1.0, [[1, 2], [3, 4]]),
            run(1, "eager", 3.0, [[1, 2], [3, 9]]),
            run(2, "xla", 2.0, [[1, 2], [3, 4]]),
            run(2, "eager", 4.0, [[1, 2], [3, 9]]),
        ]
    )
    assert measured["eager"]["ratio"] == {"median": 2.5, "min": 2.0, "max": 3.0, "all": [3.0, 2.0]}
    assert measured["eager"]["same_tokens"] == 0.75
    assert measured["xla"]["milliseconds_per_step"] == 750
    assert measured["xla"]["tokens_per_second"] == pytest.approx(4 / 1.5)
    assert measured["xla"]["same_tokens"] == 1.0


@pytest.mark.slow
def test_the_whole_benchmark(
    folder_of: Callable[[str], Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    words = f"--model {folder_of('llama')} --compare transformers,eager --batch 1,2 --prompt 8"
    words += f" --tokens 6 --trials 2 --examples --json {file}"
    assert main.main(["bench", "text", *words.split()]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert json.loads(file.read_text()) == result
    first, second = result["starts"]
    assert first["trace"] > second["trace"] > 0
    assert [batch["batch"] for batch in result["batches"]] == [1, 2]
    for batch in result["batches"]:
        contenders = batch["contenders"]
        assert list(contenders) == ["xla", "transformers", "eager"]
        assert all(values["same_tokens"] == 1.0 for values in contenders.values())
    step = result["examples"]["one_step"]
    assert step["ratio"]["min"] > 1
    assert len(step["first"]["all"]) == text.STEPS
    assert step["later"]["min"] <= step["later_95"]
    assert result["examples"]["requests"]["max"] >= result["examples"]["requests"]["median"]
