"""One audiobook in every format that is read: the same rows, and its numbers as people say them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.documents.read import SUFFIXES, read
from engine.script.pronunciation import language_of_numbers, saying
from engine.script.recipe import Recipe
from engine.script.split import split_script
from tests.engine.documents.book import PROSE, WRITERS, paragraphs, write

SAME = {".text": ".txt", ".markdown": ".md", ".ssa": ".ass", ".tab": ".tsv", ".htm": ".html",
        ".xhtml": ".html"}  # fmt: skip


def test_every_format_has_its_book() -> None:
    assert {SAME.get(suffix, suffix) for suffix in SUFFIXES} == set(WRITERS)
    assert sum(paragraph.numbers for paragraph in paragraphs()) >= 500


@pytest.mark.slow
def test_all_formats_say_the_same_and_99_of_100_numbers_right(tmp_path: Path) -> None:
    book = paragraphs()
    numbers = sum(paragraph.numbers for paragraph in book)
    spoken = {}
    for suffix in WRITERS:
        script = read(write(tmp_path, suffix))
        assert [row.text for row in script.rows] == [p.written for p in book], suffix
        if suffix in PROSE:
            assert list(script.chapters) == [p.written for p in book if p.is_title], suffix
        say = saying(Recipe(numbers=True), language_of_numbers(script))
        said = [say(row.text) for row in script.rows]
        wrong = sum(p.numbers for p, words in zip(book, said, strict=True) if words != p.said)
        assert wrong <= numbers / 100, suffix
        if suffix in PROSE:
            divided = split_script(script)
            spoken[suffix] = [(row.text, row.heading, row.chapter) for row in divided.rows]
    assert all(rows == spoken[".txt"] for rows in spoken.values())
