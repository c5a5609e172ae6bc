"""Numbers in the other languages that num2words knows: counted, dated, with the commonest signs.

Less than in English and Japanese: neither cases nor genders are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from engine.spoken.words import cardinal_words, ordinal_words, year_words

_MOST = 15  # figures that are still one number
_WEB = re.compile(r"(https?://\S+|www\.\S+|[\w.+-]+@[\w.-]+\w)")


@dataclass(frozen=True, slots=True)
class _Language:
    """thousands: what stands between groups of figures, a pattern. point: the decimal sign, and how
    it is said. to: between the ends of a range. hour: between hours and minutes. signs: what stands
    after a number, in words. ordinal: what makes a number an ordinal, a pattern after it.
    ordinal_before: another one, of what stands before it. years: whether those before 2000 are said
    in hundreds."""

    thousands: str
    point: str
    point_word: str
    to: str
    minus: str
    hour: str = ""
    ordinal: str = ""
    signs: tuple[tuple[str, str], ...] = ()
    money: tuple[tuple[str, str], ...] = ()
    years: bool = False
    ordinal_before: str = ""


_METRIC = ("km", "m", "cm", "mm", "kg", "g", "l")
_MONTHS = "Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"
_ARTICLES = (
    r"\b([Dd](?:er|ie|as|en|em|es)|[Aa]m|[Ii]m|[Vv]om|[Zz]um|[Zz]ur|[Bb]eim|[Ss]eine?[rnm]?) "
)
_SPACE = "[ \u00a0\u202f]"


def _signs(percent: str, degrees: str, *metric: str) -> tuple[tuple[str, str], ...]:
    return (("%", percent), ("°C", degrees), ("°", degrees), *zip(_METRIC, metric, strict=False))


_LANGUAGES = {
    "de": _Language(
        r"\.", ",", "Komma", "bis", "minus", "Uhr", rf"\.(?= (?:{_MONTHS}))",
        _signs("Prozent", "Grad", "Kilometer", "Meter", "Zentimeter", "Millimeter", "Kilogramm",
               "Gramm", "Liter"),
        (("€", "Euro"), ("$", "Dollar"), ("£", "Pfund")), years=True, ordinal_before=_ARTICLES,
    ),
    "es": _Language(
        r"\.", ",", "coma", "a", "menos", "y", r"\.?[ºª]",
        _signs("por ciento", "grados", "kilómetros", "metros", "centímetros", "milímetros",
               "kilos", "gramos", "litros"),
        (("€", "euros"), ("$", "dólares"), ("£", "libras")),
    ),
    "fr": _Language(
        _SPACE, ",", "virgule", "à", "moins", "heures", "(?:er|ère|e|ème)\\b",
        _signs("pour cent", "degrés", "kilomètres", "mètres", "centimètres", "millimètres",
               "kilos", "grammes", "litres"),
        (("€", "euros"), ("$", "dollars"), ("£", "livres")),
    ),
    "it": _Language(
        r"\.", ",", "virgola", "a", "meno", "e", "[ºª°](?! ?C)",
        _signs("per cento", "gradi", "chilometri", "metri", "centimetri", "millimetri", "chili",
               "grammi", "litri"),
        (("€", "euro"), ("$", "dollari"), ("£", "sterline")),
    ),
    "pt": _Language(
        r"\.", ",", "vírgula", "a", "menos", "e", r"\.?[ºª]",
        _signs("por cento", "graus", "quilômetros", "metros", "centímetros", "milímetros",
               "quilos", "gramas", "litros"),
        (("R$", "reais"), ("€", "euros"), ("$", "dólares"), ("£", "libras")),
    ),
    "pl": _Language(_SPACE, ",", "przecinek", "do", "minus", "", "", (("%", "procent"),)),
    "ru": _Language(_SPACE, ",", "запятая", "до", "минус", "", "", (("%", "процентов"),)),
    "tr": _Language(
        r"\.", ",", "virgül", "ile", "eksi", "", "", (("°C", "derece"), ("km", "kilometre"),
        ("kg", "kilogram"), ("m", "metre"), ("cm", "santimetre")),
        (("%", "yüzde"), ("₺", "lira"), ("€", "avro"), ("$", "dolar")),
    ),
    "ko": _Language(
        ",", r".", "점", "에서", "마이너스", "", "",
        _signs("퍼센트", "도", "킬로미터", "미터", "센티미터", "밀리미터", "킬로그램", "그램", "리터"),
        (("₩", "원"), ("$", "달러"), ("€", "유로")),
    ),
}  # fmt: skip
LANGUAGES = tuple(_LANGUAGES)


@cache
def speaker_of(language: str) -> Callable[[str], str]:
    """What turns a text of one of LANGUAGES into what is said."""
    return _Speaker(language, _LANGUAGES[language]).say


class _Speaker:
    def __init__(self, code: str, language: _Language) -> None:
        self._code, self._language = code, language
        point = re.escape(language.point)
        number = (
            rf"(?:\d{{1,3}}(?:{language.thousands}\d{{3}})+(?!\d)|\d+)(?:{point}\d+(?!{point}?\d))?"
        )
        money = "|".join(re.escape(sign) for sign, _ in language.money) or "(?!)"
        signs = "|".join(re.escape(sign) for sign, _ in language.signs) or "(?!)"
        self._words = dict((*language.money, *language.signs))
        free = r"(?<![\w.,])"
        self._rules = (
            (re.compile(rf"{free}(\d{{1,2}})[:h](\d\d)(?:\s?Uhr)?(?![\d:])"), self._time),
            (re.compile(rf"({money})\s?({number})"), lambda m: self._after(m[2], m[1])),
            (
                re.compile(rf"({number})\s?({money}|(?:{signs})(?!\w))"),
                lambda m: self._after(*m.groups()),
            ),
            (
                re.compile(rf"{language.ordinal_before or '(?!)()'}(\d+)\.(?= )"),
                self._ordinal_after,
            ),
            (re.compile(rf"{free}(\d+)(?:{language.ordinal or '(?!)'})"), self._ordinal),
            (re.compile(r"(?<=\d)\s?[–-]\s?(?=\d)"), lambda m: f" {language.to} "),
            (re.compile(r"(?<![\w.,)])[-−](?=\d)"), lambda m: f"{language.minus} "),
            (re.compile(r"(?<![\d.,])1[1-9]\d\d(?![\d%]|[.,]\d)"), self._year),
            (re.compile(number), lambda m: self._number(m[0])),
        )

    def say(self, text: str) -> str:
        parts = _WEB.split(text)
        return "".join(part if place % 2 else self._say(part) for place, part in enumerate(parts))

    def _say(self, text: str) -> str:
        for pattern, say in self._rules:
            text = pattern.sub(say, text)
        return text

    def _whole(self, figures: str) -> str:
        if len(figures) > _MOST or (len(figures) > 1 and figures.startswith("0")):
            return " ".join(cardinal_words(int(figure), self._code) for figure in figures)
        return cardinal_words(int(figures), self._code)

    def _number(self, number: str) -> str:
        whole, point, rest = number.partition(self._language.point)
        said = self._whole(re.sub(r"\D", "", whole))
        if not point:
            return said
        told = " ".join(cardinal_words(int(figure), self._code) for figure in rest)
        return f"{said} {self._language.point_word} {told}"

    def _after(self, number: str, sign: str) -> str:
        if self._words[sign] == "yüzde":  # Turkish says it first
            return f"yüzde {self._number(number)}"
        return f"{self._number(number)} {self._words[sign]}"

    def _time(self, found: re.Match[str]) -> str:
        hours, minutes = int(found[1]), int(found[2])
        if hours > 24 or minutes > 59:
            return found[0]
        parts = [cardinal_words(hours, self._code)]
        if minutes or len(self._language.hour) > 1:
            parts.append(self._language.hour)
        if minutes:
            parts.append(cardinal_words(minutes, self._code))
        return " ".join(filter(None, parts))

    def _ordinal(self, found: re.Match[str]) -> str:
        try:
            return ordinal_words(int(found[1]), self._code)
        except (NotImplementedError, OverflowError):
            return self._whole(found[1])

    def _ordinal_after(self, found: re.Match[str]) -> str:
        """German: der dritte, am dritten."""
        said = ordinal_words(int(found[2]), self._code)
        return f"{found[1]} {said}{'' if found[1].lower() in ('der', 'die', 'das') else 'n'}"

    def _year(self, found: re.Match[str]) -> str:
        if not self._language.years:
            return self._whole(found[0])
        return year_words(int(found[0]), self._code)
