"""The language of a text, by its letters."""

from __future__ import annotations

import pytest

from engine.documents.language import guess_language
from tests.engine.documents.samples import FRENCH, RUSSIAN


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (FRENCH, "en"),
        (RUSSIAN, "ru"),
        ("今天天气很好。", "zh"),
        ("これは本です。", "ja"),
        ("한국어 책", "ko"),
        ("", "en"),
    ],
)
def test_the_language_is_guessed_from_the_letters(text: str, language: str) -> None:
    assert guess_language(text) == language
