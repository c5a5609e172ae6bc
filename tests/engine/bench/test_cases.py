import pytest

from engine.bench.cases import TOGETHER, VARIED, Case, cases
from engine.errors import UserError
from engine.settings import Settings

BASE = Settings(device="cpu", unpadded=False)


def names(found: tuple[Case, list[Case]]) -> list[str]:
    reference, others = found
    return [reference.name, *(case.name for case in others)]


def test_each_alone_and_all_together() -> None:
    reference, others = cases(BASE, ("float32", "bfloat16", "int8"), (1, 2, 8))
    assert reference == Case("float32 · 1 row", BASE.replace(batch_size=1), 1)
    assert names((reference, others))[1:] == [
        *("eager attention", "torch's step", "bfloat16", "int8", "2 rows", "8 rows"),
        *("offload", "unpadded", "long window", "int8 · 8 rows", TOGETHER),
    ]
    for case in others[:9]:  # one thing each
        changed = {**vars(case.settings)}
        apart = [key for key, value in vars(reference.settings).items() if changed[key] != value]
        assert len(apart) == 1, case.name
        assert case.settings.batch_size == case.rows
    together = others[-1].settings
    assert (together.precision, together.batch_size) == ("int8", 8)
    assert together.unpadded
    assert together.long_window
    assert (together.attention, together.kernel, together.offload) == ("fused", "auto", False)


def test_every_combination() -> None:
    found = cases(BASE, ("float32", "int8"), (1, 4), vary=("precision", "batch"), cross=True)
    assert names(found) == ["float32 · 1 row", "4 rows", "int8", "int8 · 4 rows"]
    assert len(cases(BASE, ("float32", "int8"), (1, 4), cross=True)[1]) == 2**7 - 1


def test_what_is_not_varied_stays_as_the_first() -> None:
    base = BASE.replace(unpadded=True)
    reference, others = cases(base, ("int8", "float32"), (4, 1), vary=("padding", "precision"))
    assert reference.name == "int8 · 4 rows"
    assert [case.name for case in others] == ["float32", "padded", TOGETHER]
    assert reference.settings.unpadded
    assert not others[1].settings.unpadded
    assert {case.rows for case in others} == {4}


def test_nothing_to_vary_is_the_reference_alone() -> None:
    assert cases(BASE, ("float32",), (1,), vary=("batch",))[1] == []


def test_an_impossible_size_is_refused() -> None:
    with pytest.raises(UserError, match="batch_size lies between 1 and 256"):
        cases(BASE, ("float32",), (1, 257))


def test_all_that_can_be_varied_is_a_setting() -> None:
    assert set(VARIED) >= {"attention", "precision", "offload", "batch", "step", "padding"}
