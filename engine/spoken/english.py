"""English as it is said: figures, signs, abbreviations and Roman numerals in words."""

from __future__ import annotations

import re

from engine.spoken.addresses import WEB, short_address
from engine.spoken.english_compounds import day_names
from engine.spoken.english_figures import RULES
from engine.spoken.english_numbers import cardinal, ordinal, year
from engine.spoken.english_words import (
    ANYWHERE,
    COUNTED,
    DAYS,
    DOTTED,
    MONTHS,
    NUMBERED,
    RULERS,
    STREETS,
    TITLES,
)
from engine.spoken.patterns import Rule, applied
from engine.spoken.roman import value_of

_NAME = r"[A-Z][\w’'-]*\.?"
_FIGURES = re.compile(r"\d|[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅒]|[₀-₉]")
_GROUPED = re.compile(  # 1 234 with a narrow space, 1 234 567 with any
    r"(?<![\d.,+-])\d{1,3}(?:(?:[\u00a0\u2009\u202f]\d{3})+|(?: \d{3}){2,})(?![\d-])"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b")
_DOTTED = re.compile(rf"(?<!\w)(?i:{'|'.join(map(re.escape, DOTTED))})(?!\w)")
_SHORT = {**ANYWHERE, **{name: full for name, full in (*MONTHS.items(), *DAYS.items())}}
_ABBREVIATION = re.compile(
    rf"\b({'|'.join(sorted({*TITLES, *STREETS, *_SHORT}, key=len, reverse=True))})\."
)
_AFTER_NAME = re.compile(r"(?:[A-Z][\w’'-]+|\b\d+(?:st|nd|rd|th)|[a-z]+(?:th|st|nd|rd)) $")
_BEFORE_NAME = re.compile(rf"\s+(?:{_NAME})")
_NUMBERED = re.compile(
    rf"\b((?i:{'|'.join(NUMBERED)})\.? )([IVXLCDMivxlcdm]+)(?![\w’'-]|\.\w)(?:(, )(?=[Ss]cene))?"
)
_SEVERAL = re.compile(  # chapters IX–XI, parts II and III
    rf"\b((?i:{'|'.join(NUMBERED)})s )((?:[IVXLC]+, )*[IVXLC]+)(,? and | to | or | through |\s?[-–—]\s?)([IVXLC]+)(?![\w’'-]|\.\w)"
)
_ACT = re.compile(r"\b[Aa]ct [\w-]+, $")
_RULER = re.compile(rf"\b({'|'.join(RULERS)})((?: [A-Z][a-z]+)?) ([IVX]+)(?![\w-]|\.\w)")
_ONE_OF = {  # what may follow a ruler who is the first; else "I" is somebody who speaks
    "of", "was", "and", "in", "who", "had", "is", "died", "became", "to", "at", "the", "ruled",
    "reigned", "by", "on", "or", "with", "for", "as",
}  # fmt: skip
_SAYS = re.compile(
    r"\s+(?:am|will|have|had|think|know|can|could|would|should|must|want|do|did|saw)\b"
)
_CENTURY = re.compile(
    r"\b([IVX]+)(?:th|st|nd|rd)?(?=(?:[ -](?:and|to|or) [IVX]+)?[ -][Cc]entur(?:y|ies)\b)"
)
_ROMAN_YEAR = re.compile(r"(?<![\w-])M[MDCLXVI]{3,}(?![\w’'-])")  # of a building, of a film
_SUFFIXED = re.compile(r"\b([IVXLC]{1,6})(?:th|nd|rd)\b")
_SEQUEL = re.compile(
    r"\b([A-Z][a-z]\w+ )(I{2,3}|IV|VI{1,3}|IX|XI{1,3}|XI?V|XVI{0,3})(?![\w’'-]|\.\w)"
)
_SIGNS = (
    (re.compile(r"(?<![\w+])C\+\+(?![\w+])"), "C plus plus"),
    (re.compile(r"(?<=\w)\s*&\s*(?=\w)|(?<=\s)&(?=\s)"), " and "),
    (re.compile(r"(?<=\s)@\s?(?=\w)"), "at "),
    (re.compile(r"(?<=\s)%(?=\s)"), "percent"),
    (re.compile(r"(?<=\w)\s=\s(?=\w)"), " equals "),
    (re.compile(r"(?<=\w)\s\+\s(?=\w)"), " plus "),
)


def spoken_english(text: str) -> str:
    """What is said for a text."""
    text = WEB.sub(lambda found: _by_marks(short_address(found)), text)
    text = _MAIL.sub(lambda found: _by_marks(found[0]), text)
    text = _DOTTED.sub(_say_dotted, text)
    text = applied(_ROMAN_RULES, day_names(text))
    if _FIGURES.search(text):
        text = _GROUPED.sub(lambda found: re.sub(r"\s", ",", found[0]), text)
        text = applied(RULES, text)
    text = _ABBREVIATION.sub(_say_abbreviation, text)
    for sign, word in _SIGNS:
        text = sign.sub(word, text)
    return text


def _say_roman_year(found: re.Match[str]) -> str:
    value = value_of(found[0])
    return year(str(value)) if value is not None and 1100 <= value <= 2100 else found[0]


def _ordinal_numeral(found: re.Match[str]) -> str:
    value = value_of(found[1])
    return found[0] if value is None else ordinal(str(value))


def _say_numbered(found: re.Match[str]) -> str:
    """Chapter IV, and scene ii; an "I" where a sentence goes on is somebody."""
    numeral, word = found[2], found[1].strip()
    value = value_of(numeral)
    same_case = numeral.isupper() or numeral.islower()
    if value is None or not same_case or (numeral.islower() and word.islower() and value > 20):
        return found[0]
    after = found.string[found.end() :]
    if numeral == "I" and (word.islower() or _SAYS.match(after)):
        return found[0]
    in_play = _ACT.search(found.string[: found.start()])
    if numeral in ("i", "c", "d", "l", "m", "v", "x") and not word[0].isupper() and not in_play:
        return found[0]
    short = word.rstrip(".")
    name = COUNTED.get(short, word) + " " if word.endswith(".") else found[1]
    return f"{name}{cardinal(str(value))}{found[3] or ''}"


def _say_several(found: re.Match[str]) -> str:
    """Rising numerals; "the parts I and X know" are none."""
    numerals = [*found[2].split(", "), found[4]]
    values = [value_of(numeral) for numeral in numerals]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or sorted(set(known)) != known:
        return found[0]
    said = [cardinal(str(value)) for value in known]
    between = found[3] if found[3].strip(" -–—") else " to "
    return f"{found[1]}{', '.join(said[:-1])}{between}{said[-1]}"


def _say_ruler(found: re.Match[str]) -> str:
    value = value_of(found[3])
    if value is None:
        return found[0]
    after = found.string[found.end() :]
    if found[3] == "I" and re.match(r"\s+[a-z]", after) and after.split()[0] not in _ONE_OF:
        return found[0]
    return f"{found[1]}{found[2]} the {ordinal(str(value))}"


def _say_sequel(found: re.Match[str]) -> str:
    value = value_of(found[2])
    return found[0] if value is None else f"{found[1]}{cardinal(str(value))}"


_ROMAN_RULES: tuple[Rule, ...] = (
    (_ROMAN_YEAR, _say_roman_year),
    (_CENTURY, _ordinal_numeral),
    (_SUFFIXED, _ordinal_numeral),
    (_SEVERAL, _say_several),
    (_NUMBERED, _say_numbered),
    (_RULER, _say_ruler),
    (_SEQUEL, _say_sequel),
)


def _say_dotted(found: re.Match[str]) -> str:
    said = DOTTED[found[0].lower()]
    return said.capitalize() if found[0][0].isupper() else said


def _say_abbreviation(found: re.Match[str]) -> str:
    """Dr. and St. by what stands around them; a full stop stays where the sentence ends."""
    short = found[1]
    before, after = found.string[: found.start()], found.string[found.end() :]
    is_name = _BEFORE_NAME.match(after) is not None
    ends = not after.strip() or (is_name and bool(re.match(r"\s", after)))
    if short in TITLES and is_name and not (short in STREETS and _AFTER_NAME.search(before)):
        return TITLES[short]
    if short in STREETS and _AFTER_NAME.search(before):
        return STREETS[short] + _stop(after, is_name)
    if short in _SHORT:
        needs_more = short in MONTHS or short in DAYS
        if needs_more and short in ("Mar", "Jan", "Sun", "Sat", "May") and ends:
            return found[0]
        return _SHORT[short] + ("" if needs_more and after.strip() else _stop(after, is_name))
    return found[0]


def _stop(after: str, is_name: bool) -> str:
    """The full stop that an abbreviation shares with its sentence."""
    return "." if not after.strip(" \"”’)'") or is_name else ""


def _by_marks(address: str) -> str:
    """An address of the web or of mail, mark by mark."""
    words = {".": " dot ", "/": " slash ", "@": " at ", "-": " dash ", "_": " underscore ",
             "+": " plus "}  # fmt: skip
    said = "".join(words.get(letter, letter) for letter in address)
    return " ".join(re.sub(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", " ", said).split())
