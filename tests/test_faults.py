"""What counts as a fault, and which faults a seed draws."""

from __future__ import annotations

from tests.conftest import ROOT
from tests.faults import draw, shares, sites_of

TINY = '''"""A module with 2 places for a fault."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Level = int | None


def total(a: int | None, b: "int") -> int:
    """1 + 2"""
    return a + b


def larger(a: int, b: int) -> bool:
    if b is a:
        raise ValueError(f"the same, {1 + 2}")
    return a > b
'''


def test_words_and_types_are_no_faults() -> None:
    sites = sites_of("tiny.py", TINY)
    assert [(site.operator, site.lines) for site in sites] == [
        ("swap_op", (11, 11)),
        ("keywords", (15, 15)),
        ("swap_op", (17, 17)),
    ]
    assert not sites_of("nothing.py", "def f(tick=lambda: None): pass\n")
    assert sites_of("words.py", 'notes = ["A sentence of words"]\nnotes.clear()\n')[1:] == []


def test_a_seed_draws_the_same_mutants_from_all_over_a_file() -> None:
    file = ROOT / "engine" / "script" / "pace.py"
    sites = sites_of("pace.py", file.read_text(encoding="utf-8"))
    drawn = draw(sites, 8, 1)
    assert len(drawn) == 8
    assert list(map(str, drawn)) == list(map(str, draw(sites, 8, 1)))
    assert list(map(str, drawn)) != list(map(str, draw(sites, 8, 2)))
    places = [next(n for n, site in enumerate(sites) if site is mutant.site) for mutant in drawn]
    assert places == sorted(places)
    assert {4 * place // len(sites) for place in places} == {0, 1, 2, 3}
    for mutant in drawn:
        assert mutant.source != mutant.site.module.code
        compile(mutant.source, "pace.py", "exec")


def test_more_mutants_of_a_file_are_the_same_and_others_until_all_are_drawn() -> None:
    sites = sites_of("tiny.py", TINY)
    few, more, all_there_are = (list(map(str, draw(sites, n, 1))) for n in (1, 2, 99))
    assert set(few) < set(more) < set(all_there_are)
    assert len(all_there_are) == len(sites) == 3
    other = sites_of("other.py", TINY)
    seeds = range(20)
    assert [draw(sites, 1, n)[0].site.lines for n in seeds] != [
        draw(other, 1, n)[0].site.lines for n in seeds
    ]


def test_each_file_gets_its_share_and_keeps_it_when_another_file_changes() -> None:
    places = {f"{n}.py": 10 * n for n in range(1, 21)}
    before = shares(places, 300)
    assert sum(before.values()) == 300
    assert all(abs(before[path] - own / 7) < 1 for path, own in places.items())  # 2100 places
    after = shares(places | {"7.py": 74}, 300)
    assert sum(abs(after[path] - before[path]) for path in places) <= 2
    assert shares({"a.py": 2, "b.py": 0}, 9) == {"a.py": 2, "b.py": 0}
    assert shares({"b.py": 1, "a.py": 1}, 1) == {"a.py": 1, "b.py": 0}


def test_what_is_no_change_or_no_python_is_not_drawn() -> None:
    sites = sites_of("same.py", "1 + 1\nfor letter in name:\n    break\n")
    assert {site.operator for site in sites} == {"number", "swap_op", "keywords"}
    assert draw(sites, 9, 1) == []


def test_operators_have_equal_chances() -> None:
    lines = "\n".join(["f(1)"] * 8 + ["a is b"])  # all near each other
    sites = sites_of("many.py", lines)
    drawn = [draw(sites, 1, seed)[0].site.operator for seed in range(60)]
    assert {name: drawn.count(name) > 9 for name in set(drawn)} == {
        "arg_removal": True,
        "keywords": True,
        "number": True,
    }
