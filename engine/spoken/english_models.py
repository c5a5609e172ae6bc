"""English: what is called by a number: "RTX 4090", "Boeing 737-800", "Core i7-8700K", "a .38 special".

Such numbers count nothing and are told in pairs. Applied before all other figures.
"""

from __future__ import annotations

import re

from engine.spoken.english_numbers import cardinal, digits, label, year
from engine.spoken.english_words import CURRENCIES
from engine.spoken.patterns import Rule, any_of, compiled

_MADE = (  # whose products have such numbers; of one word, in its own capitals
    "Xbox", "Office", "Microsoft", "Nokia", "Atari", "Intel", "GeForce", "Radeon", "Ryzen",
    "Commodore", "BMW", "Audi", "Ferrari", "Peugeot", "Porsche", "Fiat", "Canon", "Nikon",
)  # fmt: skip
_NO_NAME = (  # capitals without a vowel before what they do not name
    "DM", "FF", "PP", "NB", "MR", "DR", "MRS", "ST", "BC", "BCE", "KM", "KG", "CM", "MM", "LB",
    "LBS", "FT", "HRS", "KMH", "MPH", "KPH", "RPM", "MHZ", "KHZ", "HZ", "TV", "PM", "VS", "NHS",
    "SGD", "HKD", "NZD", "CZK", "DKK", "TWD", "THB", "CNY", "RMB", "KRW",
    *(code for code in CURRENCIES if code.isalpha()),
)  # fmt: skip
_CALIBRES = "22|223|25|30|303|308|32|338|357|38|380|40|44|45|50"
_SHOOTS = (
    "[Ss]pecial|[Mm]agnum|[Cc]alib(?:er|re)|ACP|[Rr]evolver|[Pp]istol|[Rr]ifle|Colt|Winchester|"
    "Remington|[Aa]utomatic|[Bb]ullet|[Rr]ound|[Cc]artridge|[Hh]andgun|[Ss]lug"
)
_COUNTED = (  # what follows a number that is none of a product
    r"(?! (?:people|men|women|children|days|weeks|months|years|hours|times|miles|feet|pounds|"
    r"dollars|euros|employees|workers|soldiers|troops|members|words|votes|tons|tonnes)\b)"
)


def _gap(found: re.Match[str]) -> str:
    """What comes between the words of a number and letters that touch it: 5800X, 320d."""
    return " " if found.string[found.end() : found.end() + 1].isalpha() else ""


def _named(found: re.Match[str]) -> str:
    return f"{found[1].rstrip(' -')} {label(found[2])}{_gap(found)}"


def _processor(found: re.Match[str]) -> str:
    """i7-8700K, i5 10400: the thousands by themselves."""
    line, number = found.groups()
    said = label(number) if len(number) < 5 else f"{cardinal(number[:2])} {label(number[2:])}"
    return f"{line} {said}{_gap(found)}"


def _aircraft(found: re.Match[str]) -> str:
    """Boeing 737-800, A350-900."""
    maker, number, version = found.groups()
    letter = "A " if maker.endswith("A") else ""
    said = f"{label(number)} {label(version)}{_gap(found)}"
    return f"{maker.removesuffix('A')}{letter}{said}"


def _vulnerability(found: re.Match[str]) -> str:
    return f"CVE {year(found[1])} {digits(found[2])}"


def _radio(found: re.Match[str]) -> str:
    """IEEE 802.11ac."""
    letters = f" {' '.join(found[2])}" if found[2] else ""
    return f"eight oh two point {cardinal(found[1])}{letters}"


MODEL_RULES: tuple[Rule, ...] = compiled(
    (r"(?<![\w+])C\+\+ ?(?=\d)", lambda m: "C plus plus "),
    (rf"(?<![\w.])\.({_CALIBRES})(?=[ -](?:{_SHOOTS})s?\b)", lambda m: label(m[1])),
    (r"\b401(?:\(k\)|k\b)", lambda m: "four oh one k"),
    (r"(?<![\w.,/:])20/20(?![\w/]|[.,]\d)", lambda m: "twenty-twenty"),
    (r"\bCVE-([12]\d{3})-(\d{4,7})(?![\w-])", _vulnerability),
    (r"(?<![\w.,])802\.(11|15|16)([a-z]{1,2})?(?![\w.]*\d|\w)", _radio),
    (
        r"(\bHTTP |\b(?:[Ee]rror|[Ss]tatus)(?: code)? |\b[Aa] (?=\d+ (?:error|page|response)))([45]0[1-9])(?![\w%]|[.,]\d)",
        lambda m: f"{m[1]}{label(m[2])}",
    ),
    (
        r"\b((?:Boeing|[Aa]|[Tt]he) (?=7)|(?:Airbus )?A(?=3)|Airbus (?=3))(7[0-8]7|3[0-9]0)-([1-9]00)(?=(?:ER|LR|F)?(?![\w-]))",
        _aircraft,
    ),
    (
        r"\b([Aa] |[Tt]he )(7[0-8]7)(?= (?:jet|plane|aircraft|flew|landed|took|crash)|[.,;!?](?:\s|$))",
        lambda m: f"{m[1]}{label(m[2])}",
    ),
    (r"\b(i[3579])[- ](\d{4,5})(?=[A-Z]{0,2}\b)(?![.,]\d)", _processor),
    # 2001 and the like are years to those who come after.
    (
        rf"\b((?:{any_of(_MADE)}) (?:[3579] )?)(\d{{3}}|[2-9][1-9]\d\d|[3-9]0\d\d)(?![\w-]*\d|[.,/:]\d|%){_COUNTED}",
        _named,
    ),
    (
        rf"\b(?!(?:{any_of(_NO_NAME)})\b)((?:[B-DF-HJ-NP-TV-XZ]{{2,6}}|IBM|UTC)\d?[ -]?)([2-9][1-9]\d\d|[3-9]0\d\d)(?=[A-Z]{{0,3}}\b)(?![\w-]*\d|[.,/:]\d|%){_COUNTED}",
        _named,
    ),
    (
        r"(?<![\w.,/:-])([1-9]\d{3})(?=(?:X3D|XTX?|HX|HQ|X|D)\b)",
        lambda m: f"{label(m[1])} ",
    ),
    (
        r"(?<![\w-])([A-Z]{2,5}-)([1-9]\d\d)(?![\w-]|[.,]\d)",
        lambda m: f"{m[1]}{label(m[2])}",
    ),
)
