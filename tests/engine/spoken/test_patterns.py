"""Rules that are tried only where they can match."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.spoken import english
from engine.spoken.patterns import applied, compiled, needed

RULES = (*english._ROMAN_RULES, *english.RULES)
TEXTS = [
    cell
    for line in (Path(__file__).parent / "english.tsv").read_text(encoding="utf-8").splitlines()
    for cell in line.split("\t")
]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (r"\d+%", "%"),
        (r"(?:a\$|b€)\d", "$€"),
        (r"(?<=£)\d+", "£"),
        (r"\d+(?=°)", "°"),
        (r"\d(?!%)", ""),
        (r"\d(?:%)?", ""),
        (r"(?:½|\d)", ""),
        (r"[½⅓]x", "½⅓"),
        (r"[^½]", ""),
        (r"[a-z]", ""),
        (r"(?i)Kelvin", ""),  # the sign of Kelvin is a k, too
        (r"(?i:S)", ""),
    ],
)
def test_what_a_text_needs(pattern: str, wanted: str) -> None:
    assert needed(re.compile(pattern)) == frozenset(wanted)


def test_no_rule_is_left_out_where_it_matches() -> None:
    assert len(TEXTS) > 1000
    met = set()
    for pattern, _ in RULES:
        for text in TEXTS:
            if pattern.search(text):
                met.add(pattern)
                assert not needed(pattern) or needed(pattern) & set(text), (pattern.pattern, text)
    assert len(met) > 90


def test_most_rules_are_left_out_of_a_plain_sentence() -> None:
    letters = set("Part 3 says in 17 that rain fell on old roofs")
    tried = [pattern for pattern, _ in RULES if not needed(pattern) or needed(pattern) & letters]
    assert len(tried) < len(RULES) / 3


def test_what_a_rule_writes_is_seen_by_the_next() -> None:
    rules = compiled(
        (r"\d", lambda found: "%"), (r"%", lambda found: "$"), (r"€", lambda found: "!")
    )
    assert applied(rules, "3€") == "$!"
    assert applied(rules, "none") == "none"
