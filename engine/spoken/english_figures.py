"""English figures → words: money, measures, telephone numbers, and whatever is left.

A list of rules, each applied to the whole text; what one has put into words holds no figure that
another could find. So the particular ones come first, and whatever is left is a plain number.
"""

from __future__ import annotations

import re

from engine.spoken.english_compounds import COMPOUND_RULES
from engine.spoken.english_dates import DATE_RULES, year_alone
from engine.spoken.english_models import MODEL_RULES
from engine.spoken.english_numbers import (
    amount,
    cardinal,
    counted,
    digits,
    fraction,
    label,
    mixed,
    ordinal,
    plural,
)
from engine.spoken.english_places import PLACE_RULES
from engine.spoken.english_words import (
    COUNTED,
    CURRENCIES,
    LABELLED,
    MAGNITUDES,
    ONLY_APART,
    ONLY_TOUCHING,
    STREETS,
    UNITS,
    VERSIONED,
)
from engine.spoken.patterns import END, START, TO, N, Rule, any_of, compiled

_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8), "⅒": (1, 10),
}  # fmt: skip
_EXTENT = {  # after feet
    "tall", "high", "long", "wide", "deep", "thick", "above", "below", "in", "of", "from", "off",
    "away", "apart", "up", "down", "and", "or", "to", "by", "under", "over", "across", "at",
}  # fmt: skip

_NO_THING = _EXTENT | {
    "is",
    "was",
    "are",
    "were",
    "has",
    "had",
    "that",
    "which",
    "with",
    "for",
    "on",
}
_SIZED = {"tall", "high", "long", "wide", "deep", "thick"}
_ONE = re.compile(r"(?:\ba|\b[Aa]n|(?:^|[.!?:;]\s|[\"“‘(])A) $")
_ARTICLE = re.compile(
    r"\b(?:an?|the|this|that|his|her|my|our|each|every)(?: \d+[a-z]{1,2})? $", re.IGNORECASE
)


# ── money ─────────────────────────────────────────────────────────────────────────────────────


def _money(found: re.Match[str]) -> str:
    sign, number, size = found["sign"], found["number"].replace(",", ""), found["size"]
    one, many, part, parts = CURRENCIES[sign]
    minus = "minus " if found["minus"] else ""
    if found["until"]:
        return f"{minus}{amount(number)} to {_sum(found['until'], size, one, many, part, parts)}"
    if found["noun"] is not None and not size and "." not in number:
        return f"{minus}{amount(number)} {one}"
    return minus + _sum(number, size, one, many, part, parts)


def _sum(number: str, size: str | None, one: str, many: str, part: str, parts: str) -> str:
    number = number.replace(",", "")
    if size:
        return f"{amount(number)} {MAGNITUDES[size.strip().lstrip('-')]} {many}"
    whole, point, rest = number.partition(".")
    if not point or not part or len(rest) > 2:
        return f"{amount(number)} {one if number == '1' else many}"
    small = int(rest.ljust(2, "0"))
    said = f"{cardinal(str(small))} {part if small == 1 else parts}"
    if not whole or int(whole) == 0:
        return said if small else f"zero {many}"
    large = f"{cardinal(whole)} {one if int(whole) == 1 else many}"
    if small == 0:
        return large
    return f"{large} {cardinal(str(small))}" if small > 9 else f"{large} and {said}"


def _shillings(found: re.Match[str]) -> str:
    """Before 1971: £3 4s 6d."""
    pounds, shillings, pence = found.groups()
    said = f"{amount(pounds)} {'pound' if pounds == '1' else 'pounds'} {cardinal(shillings)} "
    said += "shilling" if shillings == "1" else "shillings"
    return f"{said} and {cardinal(pence)} {'penny' if pence == '1' else 'pence'}" if pence else said


def _cents(found: re.Match[str]) -> str:
    return f"{amount(found[1])} cent{'' if found[1] == '1' else 's'}"


def _code_money(found: re.Match[str]) -> str:
    code = found["before"] or found["after"]
    return _sum(found["number"], found["size"], *CURRENCIES[code])


# ── measures ──────────────────────────────────────────────────────────────────────────────────


def _unit(found: re.Match[str]) -> str:
    minus, first, number, between, sign = found.groups()
    one, many = UNITS[sign]
    if sign in ONLY_TOUCHING and between not in ("", "-") and not found[0].endswith("."):
        return found[0]
    if sign in ONLY_APART and not between:
        return found[0]
    said = amount(number)
    if first:
        said = f"{amount(first)} to {said}"
    said = f"minus {said}" if minus else said
    if between == "-":
        return f"{said}-{one}"
    if not first and _is_attribute(found, apart=bool(between)):
        return f"{said} {one}"
    # A half of it is a meter as well: one meter, one point five meters.
    return f"{said} {one if number == '1' and not first else many}"


def _is_attribute(found: re.Match[str], *, apart: bool) -> bool:
    """Whether a measure says which: "a 500g bag", "a 5ft 10in man". apart: it is not joined to its
    number; then only "a 5 mm pencil" is one for certain, and "a 5 mm thick layer"."""
    after = re.match(r" (?:\d|([a-z]+))", found.string[found.end() :])
    word = (after[1] or "") if after is not None else ""
    before = found.string[: found.start()]
    if apart:
        return bool(word) and word not in _NO_THING - _SIZED and _ONE.search(before) is not None
    return after is not None and word not in _NO_THING and _ARTICLE.search(before) is not None


def _degrees(found: re.Match[str]) -> str:
    article, minus, first, number, scale = found.groups()
    names = {"C": " Celsius", "F": " Fahrenheit", "K": " Kelvin"}
    said = f"{amount(first)} to {amount(number)}" if first else amount(number)
    unit = "degree" if (number == "1" or article) and not first else "degrees"
    return f"{article or ''}{'minus ' if minus else ''}{said} {unit}{names.get((scale or '').strip(), '')}"


def _percent(found: re.Match[str]) -> str:
    minus, first, number, sign = found.groups()
    said = f"{amount(first)} to {amount(number)}" if first else amount(number)
    word = {"%": "percent", "‰": "per mille"}[sign.strip()]
    return f"{'minus ' if minus else ''}{said} {word}"


def _height(found: re.Match[str]) -> str:
    foot = "foot" if found[2] or found[1] == "1" else "feet"
    return f"{cardinal(found[1])} {foot}" + (f" {amount(found[2])}" if found[2] else "")


def _feet(found: re.Match[str]) -> str:
    """8' below ground, and a 104' tower: with a mark that closes a quotation as well."""
    if re.search(r"(?<!\w)['‘]", found.string[: found.start()]):
        return found[0]
    is_name = found["next"] is not None and found["next"] not in _EXTENT
    return f"{amount(found[1])} {'foot' if is_name or found[1] == '1' else 'feet'}"


def _by(found: re.Match[str]) -> str:
    is_product = re.match(r"\s?=|\s(?:is|makes|equals|gives)\b", found.string[found.end() :])
    sizes, unit = found.groups()
    said = (" times " if is_product else " by ").join(map(amount, re.split(r"\s?[x×]\s?", sizes)))
    return f"{said} {UNITS[unit][1]}" if unit else said


def _vulgar(found: re.Match[str]) -> str:
    above, below = map(str, _VULGAR[found[2]])
    said = re.sub("^one ", "a ", fraction(above, below))
    one, many = UNITS.get(found[3] or "", ("", ""))
    return f"{mixed(found[1], above, below)} {many}" if found[1] else f"{said} {one}"


def _vulgar_alone(found: re.Match[str]) -> str:
    return _vulgar(found).rstrip()


def _fraction(found: re.Match[str]) -> str:
    if len(found[2]) > 3:  # of a file
        return f"{label(found[2])} slash {label(found[3])}"
    said = fraction(found[2], found[3])
    return f"{found[1]}{said.removeprefix('one ')}" if found[1] else said


# ── telephone numbers and labels ──────────────────────────────────────────────────────────────


def _telephone(found: re.Match[str]) -> str:
    groups = re.findall(r"\d+", found[0])
    said = ", ".join("eight hundred" if g == "800" else digits(g, "oh") for g in groups)
    said = said.replace("one, eight hundred", "one eight hundred")
    return f"plus {said}" if found[0].startswith("+") else said


def _spell(found: re.Match[str]) -> str:
    return f"{found[1]}{', '.join(digits(group) for group in re.split('[ -]', found[2]))}"


def _address(found: re.Match[str]) -> str:
    number, letter = re.fullmatch(r"(\d+)([A-Z]?)", found[1]).groups()  # type: ignore[union-attr]
    return f"{label(number)}{f' {letter}' if letter else ''} {found[2]}"


def _labelled(found: re.Match[str]) -> str:
    return f"{found[1]}{label(found[2])}"


def _version(number: str) -> str:
    return " point ".join(counted(part) for part in number.split("."))


def _address_of_machine(found: re.Match[str]) -> str:
    return " dot ".join(digits(part) for part in found[0].split("."))


# ── the rest ──────────────────────────────────────────────────────────────────────────────────


def _numbered(found: re.Match[str]) -> str:
    return f"{COUNTED[found[1]]} "


def _ratio(found: re.Match[str]) -> str:
    return f"{counted(found[1])} to {counted(found[2])}"


def _range(found: re.Match[str]) -> str:
    if found[1] == found[2] and len(found[1]) < 3:  # of a match
        return f"{amount(found[1])} {amount(found[2])}"
    return f"{amount(found[1])} to {amount(found[2])}"


def _operator(found: re.Match[str]) -> str:
    words = {"+": "plus", "-": "minus", "−": "minus", "–": "minus", "×": "times", "*": "times",
             "÷": "divided by", "/": "divided by", "=": "equals", "<": "is less than",
             ">": "is greater than", "≤": "is at most", "≥": "is at least", "≈": "is about",
             "≠": "is not"}  # fmt: skip
    if found[1] in "-−–" and "=" not in found.string:
        return " to "
    return f" {words[found[1]]} "


def _sign_before(found: re.Match[str]) -> str:
    words = {"~": "about ", "≈": "about ", "±": "plus or minus ", "<": "less than ",
             ">": "more than ", "≤": "at most ", "≥": "at least ", "+": "plus ",
             "-": "minus ", "−": "minus ", "–": "minus ", "#": "number ", "№": "number ",
             "§": "section ", "×": "times "}  # fmt: skip
    return words[found[1]]


_UNIT = rf"(?:{any_of(UNITS)})"
_SIGN = rf"(?:{any_of(sign for sign in CURRENCIES if not sign.isalpha())})"
_CODE = rf"(?:{any_of(code for code in CURRENCIES if code.isalpha())})"
_SIZE = rf"(?:[ -](?:hundred|thousand|million|billion|trillion)\b|\s?(?:{any_of(w for w in MAGNITUDES if len(w) < 3)})\b)"
_SHILLINGS = compiled((rf"£({N}) (\d{{1,2}})s(?: (\d{{1,2}})d)?(?!\w)", _shillings))  # no decade
RULES: tuple[Rule, ...] = (
    MODEL_RULES
    + COMPOUND_RULES
    + PLACE_RULES
    + _SHILLINGS
    + DATE_RULES
    + compiled(
        (rf"{START}\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\w]|\.\d)", _address_of_machine),
        (
            r"(?<![\w.])\d+(?:\.\d+){2,}(?![\w]|\.\d)|(?<=\b[Vv]ersion )\d+\.\d+(?!\w)",
            lambda m: _version(m[0]),
        ),
        (rf"(?<!\w)((?:{any_of(VERSIONED)}) )(\d+\.\d+)(?!\w)", lambda m: m[1] + _version(m[2])),
        # telephone numbers
        (
            r"(?<![\w.,])(?:\+\d{1,3}[ -]?(?:\(\d+\)[ -]?)?\d[\d -]{5,13}\d|(?:1[- ])?\(\d{3}\)\s?\d{3}[- .]\d{4}|(?:1[-. ])?\d{3}([-. ])\d{3}\1\d{4}|\d{3}-\d{4}|0\d{2,4} \d{3,4} \d{3,4}|0\d{2,4} \d{6})(?![\w-]|[.,]\d)",
            _telephone,
        ),
        (r"\b([Cc]all(?:ed|ing)? |[Dd]ial(?:ed|led|ling)? )(\d{3})(?![\w-]|[.,]\d)", _spell),
        (r"(?<![\w.,])()(\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4})(?![\w-])", _spell),
        (
            r"\b((?:[Zz]ip(?: code)?|[Cc]ode|PIN|pin|[Ss]erial(?: number)?|combination(?: is| was)?|ID) )(\d{4,8})(?![\w-]|[.,]\d)",
            _spell,
        ),
        (r"\b([A-Z]{2} )(\d{5})(?![\w-]|[.,]\d)", _spell),  # of a state
        (r"\b(number(?: is| was)? )(\d{5,}(?<!000))(?![\w-]|[.,]\d)", _spell),
        # money
        (
            rf"(?P<minus>(?<!\w)[-−–])?(?P<sign>{_SIGN})\s?(?P<number>{N})(?P<until>(?!))?(?P<size>{_SIZE})?(?P<noun>(?= (?:(?:bank)?notes?|bills?|coins?|stamps?)\b))",
            _money,
        ),
        (
            rf"(?P<minus>(?<!\w)[-−–])?(?P<noun>(?<=\ba )|(?<=\bA ))(?P<sign>{_SIGN})\s?(?P<number>{N})(?P<until>(?!))?(?P<size>{_SIZE})?(?= [a-z])",
            _money,
        ),
        (
            rf"(?P<minus>(?<!\w)[-−–])?(?P<sign>{_SIGN})\s?(?P<number>{N})(?:{TO}{_SIGN}?(?P<until>{N}))?(?P<size>{_SIZE})?(?P<noun>(?=-[a-z]))?",
            _money,
        ),
        (
            rf"{START}(?:(?P<before>{_CODE})\s?)?(?P<number>{N})(?P<size>{_SIZE})?(?(before)|\s?(?P<after>{_CODE}\b|[€£¥₹₽]))",
            _code_money,
        ),
        (rf"{START}({N})\s?¢", _cents),
        # measures
        (rf"(?<![\w.,])(?:(\d+)\s?)?([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅒])(?:\s?({_UNIT})(?!\w))?", _vulgar_alone),
        (r"(?<=(?:half|ters|hird)) [x×] (?=\d)", lambda m: " by "),
        (rf"(?:(?<![\w.])([-−–]))?(?<![\w.,/:])(?:({N}){TO})?({N})\s?([%‰])", _percent),
        (
            rf"(\b[Aa]n? (?=\S+ [a-z]))?(?:(?<![\w.])([-−–]))?(?<![\w.,/:])(?:({N}){TO})?({N})\s?°(\s?[CFK]\b)?",
            _degrees,
        ),
        (rf"{START}(\d{{1,2}})['′’] ?(\d{{1,2}}(?:\.\d)?)[\"″”]", _height),
        (rf"{START}(\d+)[′](?!\w)()", _height),
        (rf"{START}({N})['’](?= (?P<next>[a-z]+)|,)", _feet),
        (rf"{START}({N})[″](?!\w)", lambda m: f"{amount(m[1])} inches"),
        (
            rf"{START}({N}(?:\s?[x×]\s?{N})+)(?:\s?({_UNIT})(?!\w)(?:\.(?=\s[a-z]|,))?|{END})",
            _by,
        ),
        (rf"{START}(\d+)x(?!\w)", lambda m: f"{cardinal(m[1])} times"),
        (
            rf"(?:(?<![\w.])([-−–]))?(?<![\w.,/:])(?:({N}){TO})?({N})(\s|-|)({_UNIT})(?![\w/²³'’])(?:\.(?=\s[a-z]|,))?",
            _unit,
        ),
        # fractions
        (  # "on 7/5" is a day, whichever it is
            r"(\b(?:on|dated) )([1-9]|[12]\d|3[01])/([1-9]|[12]\d|3[01])(?![\w/]|[.,]\d| of )",
            lambda m: f"{m[1]}{cardinal(m[2])} {cardinal(m[3])}",
        ),
        (r"(?<![\w.,/:])1/2 (?=an? )", lambda m: "half "),
        (
            rf"{START}(\d+)[ -](\d{{1,2}})/(\d{{1,3}})(?![\w/]|[.,]\d)",
            lambda m: mixed(*m.groups()),
        ),
        (r"(\b[Aa] (?=1/))?(?<![\w.,/:])(\d+)/(\d+)(?![\w/]|[.,]\d)", _fraction),
        # labels
        (rf"\b({any_of(COUNTED)})\.\s?(?=\d)", _numbered),
        (
            rf"{START}(\d{{1,5}}[A-Z]?) ((?:[NSEW]\. |North |South |East |West )?(?:[A-Z][a-z]+ |\d+(?:st|nd|rd|th) ){{1,3}}(?:{any_of(STREETS)}|{any_of(STREETS.values())})\b)",
            _address,
        ),
        (rf"\b((?i:{any_of(LABELLED)}) )(\d{{2,4}})(?![\w%-]|[.,]\d)", _labelled),
        (r"(?<![\w.])(\d{1,3}):(\d)(?![\d:])", _ratio),
        # operators, where both sides are numbers
        (r"(?<=[\d)])\s([-−–/])\s(?=[\d(.])", _operator),
        (r"(?<=[\d)])\s?(=|<|>|≤|≥|≈|≠|\+|×|÷|\*)\s?(?=[\d(.$-])", _operator),
        (r"(?<![\w.)])([~≈±<>≤≥+\-−–#№§×])\s?(?=\.?\d)", _sign_before),
        (rf"{START}(\d+)(st|nd|rd|th)\b", lambda m: ordinal(m[1])),
        (rf"{START}({N}){TO}({N}){END}", _range),
        (
            r"\b((?:in|after|within|every|takes?|took|lasts?|lasted|than) \d{1,3})s\b",
            lambda m: f"{m[1]} seconds",
        ),
        (
            r"(?<![\w.,])(\d{1,4})['’]?s\b",
            lambda m: plural(label(m[1]) if len(m[1]) > 2 else cardinal(m[1])),
        ),
        (r"(?<=\d)\+(?!\w)", lambda m: " plus"),
        # years
        (
            r"(?<=\b[Ii]n )([1-9]\d\d)(?=[,;.]?$|[,;.] | (?:the|he|she|they|it|when|a|an)\b)",
            lambda m: label(m[1]),
        ),
        (r"(?<![\w.,/:])[12]\d{3}(?![\w/%]|[.,:]\d)", year_alone),
        # numbers
        (r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|(?<=\d,)(?=\d(?!\d\d(?!\d)))", lambda m: " "),
        (r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|(?<!\d)\.\d+", lambda m: amount(m[0])),
    )
)
