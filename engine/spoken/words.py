"""Numbers in the words of a language: num2words, kept at arm's length.

It is LGPL, used as it is, and imported when the first number is met.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)
def cardinal_words(value: int, language: str) -> str:
    """Raises NotImplementedError, OverflowError where num2words does not know it."""
    from num2words import num2words

    return str(num2words(value, lang=language))


@lru_cache(maxsize=4096)
def ordinal_words(value: int, language: str) -> str:
    """Raises NotImplementedError, OverflowError where num2words does not know it."""
    from num2words import num2words

    return str(num2words(value, lang=language, to="ordinal"))


@lru_cache(maxsize=4096)
def year_words(value: int, language: str) -> str:
    """Raises NotImplementedError, OverflowError where num2words does not know it."""
    from num2words import num2words

    return str(num2words(value, lang=language, to="year"))
