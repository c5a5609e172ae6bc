"""Figures and abbreviations in words: lists of what people say.

english.tsv, japanese.tsv, others.tsv (language first): what is written → what is said.
audiobook.tsv and book.txt: the same of English texts, in which rules may be wrong about one number
of a hundred.
"""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.spoken.normalise import spoken_as
from tests.engine.documents.book import paragraphs

HERE = Path(__file__).parent
SPOKEN = ("de", "es", "fr", "it", "ko", "pl", "pt", "ru", "tr")


def cases(name: str) -> list[tuple[str, ...]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]


@pytest.mark.parametrize(("name", "language"), [("english.tsv", "en"), ("japanese.tsv", "ja")])
def test_everything_is_said_as_people_say_it(name: str, language: str) -> None:
    listed = cases(name)
    assert len(listed) >= 300
    wrong = {
        written: (spoken_as(written, language), said)
        for written, said in listed
        if spoken_as(written, language) != said
    }
    assert not wrong


def test_other_languages_say_their_numbers() -> None:
    listed = cases("others.tsv")
    wrong = [case for case in listed if spoken_as(case[1], case[0]) != case[2]]
    assert not wrong
    assert {language for language, *_ in listed} == set(
        ["de", "es", "fr", "it", "ko", "pl", "pt", "ru", "tr"]
    )


def test_a_book_has_99_of_100_numbers_right() -> None:
    book = paragraphs()
    numbers = sum(paragraph.numbers for paragraph in book)
    wrong = [p for p in book if spoken_as(p.written, "en") != p.said]
    assert numbers >= 1000
    assert sum(p.numbers for p in wrong) <= numbers / 100, wrong


@pytest.mark.parametrize("language", ["hi", "nl", "", "xx"])
def test_a_language_without_rules_stays_as_it_is(language: str) -> None:
    assert spoken_as("5 km in 1999", language) == "5 km in 1999"


def test_tags_are_orders_and_stay() -> None:
    assert spoken_as("[pause 0.8] 5 [laughs]", "en") == "[pause 0.8] five [laughs]"


def test_figures_without_end_are_left_alone() -> None:
    endless = "9" * 5000
    assert spoken_as(endless, "en") == endless


_WRITTEN = """0 1 12 1999 3.5 1,234 007 $ € £ ¥ % ° °C km in m . , : ; - – / ' " ( ) # + = × ½ ²
XIV IV I Dr. St. No. p. May am p.m. BC th st s 年 月 日 時 分 人 円 〜 第 〇 二 万 Uhr the a"""
_PARTS = st.sampled_from(_WRITTEN.split())


@given(st.lists(st.tuples(_PARTS, st.sampled_from(["", " "])), max_size=8))
def test_no_text_is_too_odd_and_no_figure_is_left(parts: list[tuple[str, str]]) -> None:
    text = "".join(part + between for part, between in parts)
    for language in ("en", "ja", "de", "fr", "ru"):
        said = spoken_as(text, language)
        assert not re.search("[0-9]", said)
        assert bool(said.strip()) == bool(text.strip())
