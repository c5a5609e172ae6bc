"""What is written and what was heard as the same words."""

from __future__ import annotations

from engine.listening.comparable import comparable

ALIKE = (  # language, meant, heard
    ("en", "The harbour was lit.", " the harbor was lit"),
    ("en", "I’d realise it, said she.", "I'd realize it, said she"),
    ("en", "There are seven boats.", "There are 7 boats."),
    ("en", "It costs twelve dollars and fifty cents.", "It costs $12.50."),
    ("en", "In nineteen ninety-nine", "In 1999"),
    ("en", "Their son won.", "There sun one."),
    ("en", "Dr. Grey travelled to the theatre.", "Doctor gray traveled to the theater"),
    ("en", "[laughs] Yes — OK!", "Yes, okay."),
    ("en", "the catalogue's colour", "The catalogs color"),
    ("de", "Es kostet drei Euro.", "es kostet 3 Euro"),
    ("fr", "L’été, c’est l'été", "L'été c'est l’été"),
    ("ja", "カタカナと、ひらがな。", "かたかなとひらがな"),
    ("ja", "ＡＢＣを聞く", "abcを聞く"),
    ("zh", "你好，世界！", "你好世界"),
)
APART = (
    ("en", "The harbour was lit.", "The harbour was left."),
    ("en", "four hours", "five hours"),
    ("en", "He sees it", "He sizes it"),
    ("ja", "箸", "橋"),
)


def test_what_is_said_alike_is_equal() -> None:
    for language, meant, heard in ALIKE:
        assert comparable(meant, language).keys == comparable(heard, language).keys, (meant, heard)


def test_what_is_said_otherwise_differs() -> None:
    for language, meant, heard in APART:
        assert comparable(meant, language).keys != comparable(heard, language).keys, (meant, heard)


def test_words_are_shown_as_they_are_written() -> None:
    assert comparable("Where is it, Anna?", "en").shown == ("where", "is", "it", "anna")
    assert comparable("カナ！", "ja").shown == ("カ", "ナ")
    assert comparable("♪ [laughs] …", "en").keys == ()
