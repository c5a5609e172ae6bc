"""English: where something is, on a map or in a book of the Bible."""

from __future__ import annotations

import re

from engine.spoken.english_numbers import amount, cardinal, counted, ordinal
from engine.spoken.patterns import START, TO, N, Rule, any_of, compiled

_BOOKS = (
    "Genesis", "Gen.", "Exodus", "Ex.", "Leviticus", "Lev.", "Numbers", "Deuteronomy", "Deut.",
    "Joshua", "Judges", "Ruth", "Samuel", "Sam.", "Kings", "Chronicles", "Chron.", "Ezra",
    "Nehemiah", "Esther", "Job", "Psalm", "Psalms", "Ps.", "Proverbs", "Prov.", "Ecclesiastes",
    "Song of Songs", "Isaiah", "Isa.", "Jeremiah", "Jer.", "Lamentations", "Ezekiel", "Daniel",
    "Hosea", "Joel", "Amos", "Obadiah", "Jonah", "Micah", "Nahum", "Habakkuk", "Zephaniah",
    "Haggai", "Zechariah", "Malachi", "Matthew", "Matt.", "Mark", "Luke", "John", "Acts",
    "Romans", "Rom.", "Corinthians", "Cor.", "Galatians", "Gal.", "Ephesians", "Eph.",
    "Philippians", "Phil.", "Colossians", "Col.", "Thessalonians", "Thess.", "Timothy", "Tim.",
    "Titus", "Philemon", "Hebrews", "Heb.", "James", "Peter", "Pet.", "Jude", "Revelation",
    "Rev.",
)  # fmt: skip
_FULL = {  # of those whose short form is no beginning of it, and of all that stand alone
    "Gen": "Genesis", "Ex": "Exodus", "Lev": "Leviticus", "Deut": "Deuteronomy", "Sam": "Samuel",
    "Chron": "Chronicles", "Ps": "Psalm", "Prov": "Proverbs", "Isa": "Isaiah", "Jer": "Jeremiah",
    "Matt": "Matthew", "Rom": "Romans", "Cor": "Corinthians", "Gal": "Galatians",
    "Eph": "Ephesians", "Phil": "Philippians", "Col": "Colossians", "Thess": "Thessalonians",
    "Tim": "Timothy", "Heb": "Hebrews", "Pet": "Peter", "Rev": "Revelation",
}  # fmt: skip
_WINDS = {"N": "north", "S": "south", "E": "east", "W": "west"}


def _verse(found: re.Match[str]) -> str:
    number, book, chapter, first, last = found.groups()
    which = f"{ordinal(number).capitalize()} " if number else ""
    until = f" to {cardinal(last)}" if last else ""
    book = _FULL.get(book.rstrip("."), book)
    return f"{which}{book} {cardinal(chapter)} {cardinal(first)}{until}"


def _place(found: re.Match[str]) -> str:
    before, degrees, minutes, seconds, after = found.groups()
    said = f"{amount(degrees)} {'degree' if degrees == '1' else 'degrees'}"
    for number, unit in ((minutes, "minute"), (seconds, "second")):
        if number:
            said += f" {_whole(number)} {unit}{'' if number == '1' else 's'}"
    wind = _WINDS.get(before or after or "", "")
    return f"{wind} {said}".strip() if before else f"{said} {wind}".strip()


def _latitude(found: re.Match[str]) -> str:
    unit = "degree" if found[1] == "1" else "degrees"
    return f"{amount(found[1])} {unit} {_WINDS[found[2]]}"


def _whole(number: str) -> str:
    """Of a map: 05 minutes are five."""
    return amount(number.lstrip("0") or "0")


def _scale(found: re.Match[str]) -> str:
    return f"{counted(found[1])} to {counted(found[2])}"


PLACE_RULES: tuple[Rule, ...] = compiled(
    (
        rf"(?:\b([123]) )?(?<!\w)({any_of(_BOOKS)}) (\d{{1,3}}):(\d{{1,3}})(?:{TO}(\d{{1,3}}))?(?![\d:]*\d)",
        _verse,
    ),
    (
        rf"(?:\b([NSEW]) ?)?{START}({N})° ?(\d{{1,2}}(?:\.\d+)?)['′’](?: ?(\d{{1,2}}(?:\.\d+)?)[\"″”])?(?: ?([NSEW])\b)?",
        _place,
    ),
    (rf"{START}({N})° ?([NSEW])\b", _latitude),
    (r"(?<![\w.,:])(\d{1,3}):(\d{1,3}(?:,\d{3})+|\d{3,7})(?![\w:]|[.,]\d)", _scale),
)
