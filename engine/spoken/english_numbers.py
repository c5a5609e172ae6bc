"""English numbers in words: counted, ordered, dated, told figure by figure."""

from __future__ import annotations

import re

from engine.spoken.words import cardinal_words, ordinal_words

_MOST = 18  # figures that are still one number; longer ones are told one by one
_FIGURES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_HALVES = {"2": ("half", "halves"), "4": ("quarter", "quarters")}
_PLURALS = {"half": "halves", "foot": "feet"}


def cardinal(number: str) -> str:
    """ "1,234" → one thousand two hundred and thirty-four."""
    figures = number.replace(",", "")
    if len(figures) > _MOST:
        return digits(figures)
    return cardinal_words(int(figures), "en").replace(",", "")


def ordinal(number: str) -> str:
    """ "22" → twenty-second."""
    figures = number.replace(",", "")
    if len(figures) > _MOST:
        return digits(figures)
    return ordinal_words(int(figures), "en").replace(",", "")


def digits(figures: str, zero: str = "zero") -> str:
    """Figure by figure; whatever is no figure is left out."""
    return " ".join(zero if f == "0" else _FIGURES[int(f)] for f in figures if f.isdecimal())


def amount(number: str) -> str:
    """A number with or without a decimal point: "3.14" → three point one four."""
    whole, point, rest = number.partition(".")
    if not point:
        return counted(whole)
    return f"{cardinal(whole) + ' ' if whole else ''}point {digits(rest)}"


def counted(number: str) -> str:
    """A whole number; "007" and the like figure by figure."""
    if len(number) > 1 and number.startswith("0") and "," not in number:
        return digits(number)
    return cardinal(number)


def year(number: str) -> str:
    """ "1905" → nineteen oh five, "2010" → twenty ten, "2005" → two thousand and five."""
    value = int(number)
    century, rest = divmod(value, 100)
    if not 1000 <= value <= 2999 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(str(century))} hundred"
    return f"{cardinal(str(century))} {two_figures(rest)}"


def two_figures(value: int) -> str:
    """The last two figures of a year: 5 → oh five."""
    return f"oh {_FIGURES[value]}" if value < 10 else cardinal(str(value))


def label(number: str) -> str:
    """As rooms, flights, houses and roads are called: "101" → one oh one, "2450" → twenty-four
    fifty, "66" → sixty-six."""
    value = int(number)
    if number.startswith("0") or len(number) > 4:
        return digits(number)
    if len(number) < 3 or value % 1000 == 0:
        return cardinal(number)
    first, rest = divmod(value, 100)
    if rest == 0:
        return f"{cardinal(str(first))} hundred"
    return f"{cardinal(str(first))} {two_figures(rest)}"


def fraction(above: str, below: str) -> str:
    """ "3", "4" → three quarters; 120/80 → one hundred and twenty over eighty."""
    over, under = int(above), int(below)
    if under < 2 or (over >= under and under > 10) or under > 100:
        return f"{cardinal(above)} over {cardinal(below)}"
    one, many = _HALVES.get(below, (ordinal(below), f"{ordinal(below)}s"))
    return f"{cardinal(above)} {one if over == 1 else many}"


def mixed(whole: str, above: str, below: str) -> str:
    """ "2", "1", "2" → two and a half."""
    part = fraction(above, below)
    return f"{cardinal(whole)} and {re.sub('^one ', 'a ', part)}"


def plural(words: str) -> str:
    """Of the last word: ninety → nineties, six → sixes."""
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("x", "s")) else f"{words}s"
