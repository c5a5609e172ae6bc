"""English: figures and what is joined to them: "£7.99/month", "m/s²", "H₂O", "9am–5pm", "v3.12".

Applied before all other figures. Some rules say everything, some write what the others understand.
"""

from __future__ import annotations

import re

from engine.spoken.english_numbers import amount, cardinal, counted, digits, label, ordinal
from engine.spoken.english_words import (
    CURRENCIES,
    MAGNITUDES,
    MONTH_NAMES,
    ONLY_TOUCHING,
    UNITS,
)
from engine.spoken.patterns import END, START, TO, N, Rule, any_of, compiled

_PER = {  # short, after a price or what was counted
    "mo": "month", "mth": "month", "yr": "year", "y": "year", "wk": "week", "d": "day",
    "h": "hour", "hr": "hour", "min": "minute", "sec": "second", "s": "second", "pp": "person",
    **{sign: one for sign, (one, _) in UNITS.items() if sign not in ("m", "min", "pt")},
}  # fmt: skip
_ELEMENTS = r"(?:Na|Ca|Mg|Fe|Cl|Al|Si|Cu|Zn|Ag|Mn|Br|Li|Ba|Pb|Ti|Ni|Cr|[CHNOSPFKIB])[\d₀-₉]{0,2}"
_FORMULA = re.compile(r"([A-Z][a-z]?)([\d₀-₉]*)")
_SAYABLE = re.compile(r"[A-Z]*[IO][A-Z]+(?<=\w{3})|[A-Z]{4}")
_DOWN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_UP = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅒"
_QUOTES = re.compile(rf'(?<![\d{_VULGAR}])"')
_HALF = r"[aApP]\.?\s?[mM]\b\.?"
_DAYS = r"Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun"
_DAY = {
    "Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday",
    "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip


def day_names(text: str) -> str:
    """Short names of days without a full stop, where they can be nothing else."""
    text = _RANGE_OF_DAYS.sub(lambda m: f"{_DAY[m[1][:3]]} to {_DAY[m[2][:3]]}", text)
    return _DATED_DAY.sub(lambda m: _DAY[m[0][:3]], text)


_RANGE_OF_DAYS = re.compile(rf"\b({_DAYS})\.?{TO}({_DAYS})\b\.?")
_DATED_DAY = re.compile(
    r"\b(?:Tues?|Thu(?:rs?)?|Fri)\b(?=[,;)]|\s*$|\s\d| (?:and|or|at|morning|afternoon|evening|night)\b)"
    rf"|\b(?:{_DAYS})(?=,? (?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? )?(?:{any_of(MONTH_NAMES)})\b)"
    rf"|\b(?:{_DAYS})(?=,? \d{{1,2}}(?::\d\d|\s?{_HALF}))"
)


# ── so much for each ──────────────────────────────────────────────────────────────────────────


def _rate(found: re.Match[str]) -> str:
    """50 mg/kg, 9.81 m/s², 5 l/100 km, 2 mg/kg/day."""
    minus, first, number, unit, below = found.groups()
    said = f"{amount(first)} to {amount(number)}" if first else amount(number)
    one, many = UNITS[unit]
    unit = one if number == "1" and not first else many
    return f"{'minus ' if minus else ''}{said} {unit}{_below(below)}"


def _below(text: str) -> str:
    """ "/kg/day" → per kilogram per day."""
    said = ""
    for count, sign, power in _BELOW.findall(text):
        single, several = UNITS.get(sign) or (_PER.get(sign, sign),) * 2
        said += f" per {amount(count)} {several}" if count else f" per {single}"
        said += {"²": " squared", "³": " cubed"}.get(power, "")
    return said


def _each(found: re.Match[str]) -> str:
    return f"{found[1]} per {_PER.get(found[2], found[2])}"


def _out_of(found: re.Match[str]) -> str:
    return f"{found[1]}{amount(found[2])} out of {amount(found[3])}"


# ── from here to there ────────────────────────────────────────────────────────────────────────


def _sums(found: re.Match[str]) -> str:
    """$10k–15k is $10–15k; $900k–1.2m are two sums."""
    sign, first, size, second, last = found.groups()
    if MAGNITUDES.get(size.strip(" -")) == MAGNITUDES.get(last.strip(" -")):
        return f"{sign}{first}–{second}{last}"
    return f"{sign}{first}{size} to {sign}{second}{last}"


# ── signs and letters ─────────────────────────────────────────────────────────────────────────


def _formula(found: re.Match[str]) -> str:
    """H₂SO₄, letter by letter; a word in capitals with a number after it, COP26, is none."""
    whole = found[0]
    if whole.upper() == whole and _SAYABLE.search(whole):
        return whole
    if len(_FORMULA.findall(whole)) == 1 and not re.search("[₀-₉]", whole):
        return whole
    said = []
    for symbol, count in _FORMULA.findall(whole):
        said += list(symbol.upper())
        if count:
            said.append(cardinal(count.translate(_DOWN)))
    return " ".join(said)


def _power(found: re.Match[str]) -> str:
    """10^6, 3×10⁸ m/s."""
    number = (found[1] or found[2]).translate(_UP).replace("−", "-")
    if number in ("2", "3"):
        said = " squared" if number == "2" else " cubed"
    elif number.startswith("-"):
        said = f" to the minus {cardinal(number[1:])}"
    else:
        said = f" to the {ordinal(number)}"
    return f"{said} {UNITS[found[3]][1]}{_below(found[4])}" if found[3] else said


def _inches(found: re.Match[str]) -> str:
    """A 27" screen, 3/8" thick: the mark closes no quotation."""
    before, article, number = found.string[: found.start()], found[1], found[2]
    if len(_QUOTES.findall(before)) % 2 or "“" in before:
        return found[0]
    is_part = "/" in number or number[-1] in _VULGAR
    if not is_part and not re.match(r" \w|\s?[x×]\s?\d", found.string[found.end() :]):
        return found[0]
    one = article or number == "1" or (is_part and " " not in number)
    return f"{article or ''}{number} {'inch' if one else 'inches'}"


def _stone(found: re.Match[str]) -> str:
    stone, pounds = found.groups()
    if pounds is None and stone[-1] == "1" and stone != "11":
        return found[0]
    said = f"{cardinal(stone)} stone"
    return f"{said} {cardinal(pounds)} {'pound' if pounds == '1' else 'pounds'}" if pounds else said


def _hundred(found: re.Match[str]) -> str:
    """The 80/20 rule: two shares of a hundred."""
    first, second = found.groups()
    if int(first) + int(second) != 100:
        return found[0]
    return f"{cardinal(first)}-{cardinal(second)}"


def _version(found: re.Match[str]) -> str:
    return f"version {' point '.join(map(counted, found[1].split('.')))}"


def _flight(found: re.Match[str]) -> str:
    letters = [digits(letter) if letter.isdecimal() else letter for letter in found[2]]
    return f"{found[1]}{' '.join(letters)} {label(found[3])}"


def _book_number(found: re.Match[str]) -> str:
    groups = re.split("[- ]", found[2])
    said = [
        f"{digits(group)} X".strip() if group.endswith("X") else digits(group) for group in groups
    ]
    return f"{found[1]}{', '.join(said)}"


_SIGN = any_of(sign for sign in CURRENCIES if not sign.isalpha())
_CODE = any_of(code for code in CURRENCIES if code.isalpha())
_WORDS = "hundred|thousand|million|billion|trillion"
_SIZE = rf"(?:[ -](?:{_WORDS})\b|\s?(?:{any_of(w for w in MAGNITUDES if len(w) < 3)})\b)"
_THINGS = (  # of which there are millions, and no meters
    "euros?|dollars?|pounds?|yen|people|users|views|copies|customers|jobs|homes|followers|votes|"
    "years|downloads|records|times|more"
)
_UNIT = any_of(UNITS)
_FOR_EACH = rf"/(?:({N})\s?)?({_UNIT}|day|d|year|month|week|hour)(?![A-Za-z\d])([²³]?)"
_BELOW = re.compile(_FOR_EACH)
_ONE_BELOW = re.sub(r"\((?!\?)", "(?:", _FOR_EACH)

COMPOUND_RULES: tuple[Rule, ...] = compiled(
    (
        r"\b(ISBN(?:-1[03])?:? )((?=(?:[\d -]{10,17})[\dX]?\b)\d[\d -]{8,15}[\dX])(?!\w)",
        _book_number,
    ),
    (rf"(?<![\w-])(?=\w*[\d₀-₉])(?:{_ELEMENTS})+(?![\w’'])", _formula),
    (r"\bca?\.\s?(?=\d{3,4}\b)", lambda m: "circa "),
    # so much for each
    (
        rf"(?:(?<![\w.])([-−–]))?(?<![\w.,/:])(?:({N}){TO})?({N})[\s-]?({_UNIT})((?:{_ONE_BELOW}){{1,2}})(?![\w/²³])",
        _rate,
    ),
    (
        rf"((?<!\w)(?:(?:{_SIGN})\s?|\b(?:{_CODE}) ?){N}(?:{_SIZE})?|{START}{N}\s?(?:[€£¥₹₽¢]|p\b|\b(?:{_CODE})\b))"
        rf"/({any_of(_PER)}|[a-z]{{3,}})(?![\w/])",
        _each,
    ),
    (
        rf"({START}{N} (?:[a-z]+s|people))/({any_of(_PER)}|day|hour|week|month|year|minute|night)(?![\w/])",
        _each,
    ),
    (r"(?<=\d)\s?mmHg\b", lambda m: " millimeters of mercury"),
    (rf"()(?<![\w.,/:])(\d{{1,3}}\.\d)/(5|10|20|100){END}", _out_of),
    (
        r"(\b(?:got|scor(?:ed?|es|ing)|rat(?:ed?|es|ing)(?: of| it| them)?|(?:gave|gives?) \w+|(?:mark|grade|score)s? of)(?: an?)? )(\d{1,3})/(5|10|20|25|30|40|50|60|100)(?![\w/]|[.,]\d)",
        _out_of,
    ),
    # from here to there
    (
        rf"((?:{_SIGN})\s?)({N})({_SIZE}){TO}(?:{_SIGN})?({N})({_SIZE})(?!\w)",
        _sums,
    ),
    (rf"(?<=\d)(\s?{_HALF}){TO}(?=\d{{1,2}}(?::\d\d)?\s?{_HALF})", lambda m: f"{m[1]} to "),
    (rf"{START}(\d{{1,2}}){TO}(?=\d{{1,2}}:\d\d\s?{_HALF})", lambda m: f"{m[1]} to "),
    (
        rf"{START}(\d{{1,3}})-in-(\d{{1,3}}(?:,\d{{3}})*){END}",
        lambda m: f"{cardinal(m[1])}-in-{cardinal(m[2])}",
    ),
    (r"(?<=°[CF])/(?=\d)", lambda m: " or "),
    (
        rf"(?<= per )({any_of(set(UNITS) - ONLY_TOUCHING - {'pt'})})(?![\w/²³'’])",
        lambda m: UNITS[m[1]][0],
    ),
    # from here to there, and this to that
    (
        r"(?<![\w.,:/])\d{1,2}(?::\d){2,5}(?![\d:]|\.\d)",
        lambda m: " to ".join(map(counted, m[0].split(":"))),
    ),
    (r"(?<![\w.,/])([1-9]\d)/([1-9]\d)(?= [a-z])", _hundred),
    # signs and letters
    (
        rf"{START}(?<![£$€¥₹₽₩–—-])({N})\s?(k|m|mn|bn|tn)(?= (?:{_THINGS})\b)",
        lambda m: f"{amount(m[1])} {MAGNITUDES[m[2]]}",
    ),
    (r"(?<![\w-])([A-Z])-?([1-9]\d\d)(?![\w-]|[.,]\d)", lambda m: f"{m[1]} {label(m[2])}"),
    (r"(?<=\d)\s?[×x·*]\s?(?=10(?:\^|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]))", lambda m: " times "),
    (
        rf"(?<=\d)(?:\^\(?([-−]?\d{{1,3}})\)?(?![\w^])|(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}))(?:\s({any_of(set(UNITS) - ONLY_TOUCHING)})((?:{_ONE_BELOW}){{0,2}})(?![\w/²³'’]))?",
        _power,
    ),
    (
        rf"(\b[Aa]n? |\b[Tt]h(?:e|is|at) )?(?<![\w.,/:'’′])(?<!['’′] )((?:\d+[ -])?\d+/\d+|(?:\d+ ?)?[{_VULGAR}]|{N})[\"”″](?!\w)",
        _inches,
    ),
    (rf"{START}(\d{{1,2}})st(?: (\d{{1,2}})\s?lbs?)?(?!\w)", _stone),
    (r"(?<![\w.,])(\d{3,4})p(?!\w)", lambda m: f"{label(m[1])} p"),
    (r"(?<![\w.])v(\d{1,4}(?:\.\d{1,4}){0,3})(?![\w]|[.,]\d)", _version),
    (r"\b([Ff]lights? )([A-Z]{2}|[A-Z]\d|\d[A-Z]) ?(\d{2,4})(?![\w-]|[.,]\d)", _flight),
    (rf"{START}(\d+\.\d+)x(?!\w)", lambda m: f"{amount(m[1])} times"),
    (
        r"(?<![\w.,/:])(\d{3,4})[x×](\d{3,4})(?![\w/:×%]|[.,]\d|\s?(?:[x×=]|[a-zµμ]{1,2}[²³]?\b))",
        lambda m: f"{label(m[1])} by {label(m[2])}",
    ),
)
