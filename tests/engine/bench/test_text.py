"""The text benchmark: its figures from known runs, and the whole of it on a tiny model."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import main
from engine.api import TextRequest
from engine.bench import text
from engine.bench.rounds import Measured, Rounds
from engine.bench.runner import Contender
from engine.errors import UserError


def measured(name: str, first: float, *runs: tuple[float, list[list[int]]]) -> Measured:
    values = [
        {"seconds": seconds, "first": first, "tokens": tokens, "peak_bytes": 5}
        for seconds, tokens in runs
    ]
    return Measured(Contender(name, "", {"rows": 2}), values, [1.0 for _ in runs])


def test_figures_of_a_part() -> None:
    reference = measured("XLA", 9.0, (1.0, [[1, 2], [3, 4]]), (2.0, [[1, 2], [3, 4]]))
    eager = measured("eager", 4.0, (3.0, [[1, 2], [3, 9]]), (4.0, [[1, 2], [3, 9]]))
    again = measured("XLA, restarted", 2.0, (1.5, [[1, 2], [3, 4]]))
    found = text._figures(Rounds(reference, [again, eager]))
    assert found["reference"]["milliseconds_per_step"] == 750
    assert found["reference"]["tokens_per_second"] == pytest.approx(4 / 1.5)
    restarted, other = found["cases"]
    assert found["noise"] == restarted["ratio"]
    assert restarted["first"] == 2.0
    assert "break_even" not in restarted
    assert other["equal"] == 0.75
    assert other["break_even"] == 4  # 9 + 3 · 1.5 < 4 · 3.5


def test_from_which_call_on_compiling_pays() -> None:
    assert text.break_even(10, 1, 2) == 10
    assert 10 + 9 * 1 == 19 < 10 * 2
    assert text.break_even(1, 1, 2) == 1
    assert text.break_even(10, 2, 2) is None


@pytest.mark.slow
def test_the_step_in_c_is_a_contender_where_it_can_write(
    folder_of: Callable[[str], Path],
) -> None:
    from engine.bench.text_contender import prepare
    from engine.text.engine import TextEngine

    place, prompts = folder_of("llama"), [[5, 6, 7], [8, 9, 10]]
    about = {"place": str(place), "prompts": prompts, "tokens": 4, "rows": 2}
    run = prepare({**about, "side": text.OWN_STEP, "search": "greedy"})()
    with closing(TextEngine(place, device="cpu", batch_size=2, precision="int8")) as engine:
        texts = tuple(map(engine.tokenizer.decode, prompts))
        request = TextRequest(prompts=texts, max_new_tokens=4, chat=False, full_length=True)
        assert run["tokens"] == [row.tolist() for row in engine.generate(request).tokens]
    with pytest.raises(UserError, match="beam"):
        prepare({**about, "side": text.OWN_STEP, "search": "beam"})


@pytest.mark.long  # a minute
def test_the_whole_benchmark(
    folder_of: Callable[[str], Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    words = f"--model {folder_of('llama')} --compare transformers,eager --batch 2 --prompt 8"
    words += f" --search greedy,beam --tokens 6 --loops 2 --examples --json {file}"
    assert main.main(["bench", "text", *words.split()]) == 0
    *shown, last = capsys.readouterr().out.splitlines()
    result = json.loads(last)
    assert json.loads(file.read_text()) == result
    ((first, second),) = result["starts"].values()
    assert first["trace"] > second["trace"] > 0
    assert [(part["search"], part["rows"]) for part in result["parts"]] == [
        ("greedy", 2),
        ("beam", 2),
    ]
    for part in result["parts"]:
        names = [case["name"] for case in part["cases"]]
        assert names == ["XLA, restarted", "transformers", "eager"]
        assert all(case["equal"] == 1.0 for case in part["cases"])
        assert part["cases"][0]["first"] < part["reference"]["first"]
    step = result["examples"]["one_step"]
    assert step["ratio"]["min"] > 1
    assert len(step["first"]["all"]) == text.STEPS
    assert step["later"]["min"] <= step["later_95"]
    assert result["examples"]["requests"]["max"] >= result["examples"]["requests"]["median"]
    # As the source text says: other values are no reason to compile, all else is.
    calls = result["examples"]["max_plus_constant"]
    assert [call["compiled"] for call in calls] == [True, False, True, True, True]
    assert any("num_beams=2" in line for line in shown)
    assert any("max_plus_constant, another scalar" in line for line in shown)
