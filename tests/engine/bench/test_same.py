import numpy as np
import pytest

from engine.bench.same import DIFFERENT, ROUNDING, SAME, Verdict, Witness, distance, verdict


def witness(seed: int = 0, **changes: tuple[np.ndarray, np.ndarray]) -> dict[str, tuple]:
    """Greedy choices from random logits in all three stages."""
    draw = np.random.default_rng(seed)
    found = {}
    for stage in ("semantic", "coarse", "fine"):
        logits = draw.normal(size=(20, 50))
        found[stage] = (logits.argmax(1), logits)
    return {**found, **changes}


def rounded(reference: Witness, stage: str, step: int, error: float) -> tuple:
    """A step whose two best nearly tie, and an arithmetic that takes the other one."""
    tokens, logits = (x.copy() for x in reference[stage])
    first, second = np.argsort(logits[step])[::-1][:2]
    logits[step, second] = logits[step, first] + error
    tokens[step] = second
    return tokens, logits


def test_the_same_tokens() -> None:
    reference = witness()
    tokens, logits = reference["fine"]
    assert verdict(reference, witness()).word == SAME
    assert verdict(reference, witness(fine=(tokens, logits * 1.01))) == Verdict(SAME)


def test_rounding_takes_another_of_two_nearly_as_likely() -> None:
    reference = witness()
    tokens, logits = (x.copy() for x in reference["coarse"])
    best, next = np.argsort(logits[7])[::-1][:2]
    logits[7, next] = logits[7, best] - 0.001
    reference["coarse"] = (tokens, logits)
    found = verdict(reference, witness(coarse=rounded(reference, "coarse", 7, 0.001)))
    assert (found.word, found.stage, found.step) == (ROUNDING, "coarse", 7)
    assert found.error == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("stage", ["semantic", "coarse", "fine"])
def test_a_token_that_was_changed_is_different(stage: str) -> None:
    """The logits are those of the reference: no rounding took another token, a fault did."""
    reference = witness()
    tokens, logits = reference[stage]
    changed = tokens.copy()
    changed[3] = np.argsort(logits[3])[-2]
    found = verdict(reference, witness(**{stage: (changed, logits)}))
    assert (found.word, found.stage, found.step, found.error) == (DIFFERENT, stage, 3, 0)


def test_another_computation_is_different() -> None:
    found = verdict(witness(), witness(seed=1))
    assert (found.word, found.stage, found.step) == (DIFFERENT, "semantic", 0)
    assert found.error is not None
    assert found.error > 1


def test_another_number_of_tokens_is_different() -> None:
    reference = witness()
    tokens, logits = reference["fine"]
    found = verdict(reference, witness(fine=(tokens[:10], logits[:10])))
    assert (found.word, found.stage, found.step) == (DIFFERENT, "fine", 10)


def test_tokens_that_may_not_come_are_left_out_and_a_constant_is_nothing() -> None:
    reference = np.array([1.0, 2.0, 4.0, -np.inf])
    assert distance(reference, np.array([3.0, 4.0, 6.0, 100.0])) == pytest.approx(0)
    assert distance(reference, np.array([2.0, 4.0, 8.0, 0.0])) == pytest.approx(1)
