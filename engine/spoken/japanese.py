"""Japanese as it is said: figures become Japanese numerals, signs become words.

Numerals stay in kanji, as in printed novels: whoever reads 二十日, 一人 or 八分 knows how it is
said, where kana alone would need the counter's changes. Figures that are told one by one, as of a
telephone, are in katakana: 一二三 would be read as a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.spoken.japanese_words import (
    CURRENCIES,
    DIGITS,
    ENGLISH,
    NAMES,
    SHORT,
    SPEEDS,
    UNITS,
    WEEKDAYS,
)
from engine.spoken.roman import value_of
from engine.spoken.words import cardinal_words

_MOST = 20  # figures that are still one number
_KANJI = "〇一二三四五六七八九"
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_BESIDE = re.compile(r"(?<=\d)[．，：／](?=\d)|(?<=\d)％|[＋－](?=\d)|(?<=\d)[＋－＝](?=\d)")
_NARROW = str.maketrans("．，：／％＋－＝", ".,:/%+-=")
_WEB = re.compile(
    r"(https?://[\w./?&=#%~:+-]+|www\.[\w./-]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)", re.ASCII
)
_N = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TO = r"\s?[~〜～–—]\s?"
_BIG = "万億兆京"
_FREE = r"(?<![A-Za-z0-9.)）ァ-ヶー一-龠])"  # before a minus that is no hyphen
_PLACE = re.compile(r"(?:丁目|番|区|市|町|村)\s?$")


def spoken_japanese(text: str) -> str:
    """What is said for a text."""
    parts = _WEB.split(text)
    return "".join(part if place % 2 else _say(part) for place, part in enumerate(parts))


def _say(text: str) -> str:
    text = text.translate(_WIDE)
    text = _BESIDE.sub(lambda found: found[0].translate(_NARROW), text)
    for pattern, say in _RULES:
        text = pattern.sub(say, text)
    return text


# ── numbers ───────────────────────────────────────────────────────────────────────────────────


def _whole(figures: str) -> str:
    """ "1,234" → 千二百三十四; "007" one by one."""
    bare = figures.replace(",", "")
    if len(bare) > _MOST or (len(bare) > 1 and bare.startswith("0")):
        return _one_by_one(bare)
    return "ゼロ" if bare == "0" else cardinal_words(int(bare), "ja")


def _number(number: str) -> str:
    """ "0.05" → 零点〇五."""
    whole, point, rest = number.partition(".")
    if not point:
        return _whole(whole)
    told = "".join(_KANJI[int(figure)] for figure in rest)
    return f"{'零' if whole == '0' else _whole(whole)}点{told}"


def _one_by_one(figures: str) -> str:
    return "".join(DIGITS[int(figure)] for figure in figures)


def _clock(number: str, unit: str) -> str:
    """Of hours and degrees nothing is 零."""
    return f"零{unit}" if int(number) == 0 else f"{_whole(str(int(number)))}{unit}"


# ── rules ─────────────────────────────────────────────────────────────────────────────────────


def _telephone(found: re.Match[str]) -> str:
    return "の".join(_one_by_one(group) for group in re.findall(r"\d+", found[0]))


def _date(found: re.Match[str]) -> str:
    years, month, day = re.split(r"[-/.]", found[0])
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return found[0]
    return f"{_whole(years)}年{_whole(str(int(month)))}月{_whole(str(int(day)))}日"


def _short_date(found: re.Match[str]) -> str:
    return f"{_whole(found[1])}月{_whole(found[2])}日"


def _weekday(found: re.Match[str]) -> str:
    return f"、{found[1]}曜日"


def _time(found: re.Match[str]) -> str:
    before, hours, minutes, seconds, after = found.groups()
    if int(hours) > 29 or int(minutes) > 59:
        return f"{_whole(hours)}対{_whole(minutes)}"
    half = {"A": "午前", "P": "午後"}.get((before or after or " ").strip()[:1].upper(), "")
    said = f"{half}{_clock(hours, '時')}"
    if int(minutes) or seconds:
        said += f"{_whole(str(int(minutes)))}分"
    return f"{said}{_whole(str(int(seconds)))}秒" if seconds else said


def _half_day(found: re.Match[str]) -> str:
    return "午前" if found[1].upper() == "A" else "午後"


def _money(found: re.Match[str]) -> str:
    sign, number, size = found[1], found[2], found[3] or ""
    whole, part = CURRENCIES[sign]
    if "." in number and part and not size:
        units, _, rest = number.partition(".")
        if len(rest) == 2:
            cents = f"{_whole(str(int(rest)))}{part}" if int(rest) else ""
            return f"{_whole(units)}{whole}{cents}" if int(units) or not cents else cents
    return f"{_number(number)}{size}{whole}"


def _speed(found: re.Match[str]) -> str:
    before = "" if found[1] else "時速"
    return f"{found[1] or ''}{before}{_number(found[2])}{SPEEDS[found[3]]}"


def _unit(found: re.Match[str]) -> str:
    minus, first, number, unit = found.groups()
    said = f"{_number(first)}から{_number(number)}" if first else _number(number)
    name = UNITS[unit]
    if name == "華氏度":
        said, name = f"華氏{said}", "度"
    if name == "度" and number == "0":
        said = "零"
    return f"{'マイナス' if minus else ''}{said}{name}"


def _fraction(found: re.Match[str]) -> str:
    return f"{_whole(found[2])}分の{_whole(found[1])}"


def _mixed(found: re.Match[str]) -> str:
    halves = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4)}
    above, below = halves[found[2]]
    said = f"{_whole(str(below))}分の{_whole(str(above))}"
    return f"{_whole(found[1])}と{said}" if found[1] else said


def _equation(found: re.Match[str]) -> str:
    words = {"+": "足す", "-": "引く", "−": "引く", "×": "掛ける", "*": "掛ける", "÷": "割る",
             "=": "は"}  # fmt: skip
    return "".join(
        words.get(part, _number(part) if part[0].isdigit() else part)
        for part in re.findall(rf"{_N}|[-+−×*÷=]", found[0])
    )


def _pages(found: re.Match[str]) -> str:
    until = f"から{_whole(found[2])}" if found[2] else ""
    return f"{_whole(found[1])}{until}ページ"


def _score(found: re.Match[str]) -> str:
    return f"{_whole(found[1])}対{_whole(found[2])}"


def _hyphens(found: re.Match[str]) -> str:
    """5-10 is a range, 3-5-8 a place."""
    parts = re.split("[-−]", found[0])
    is_place = _PLACE.search(found.string[: found.start()])
    rises = (
        len(parts) == 2
        and not is_place
        and float(parts[0].replace(",", "")) < float(parts[1].replace(",", ""))
    )
    return ("から" if rises else "の").join(_number(part) for part in parts)


def _roman_counted(found: re.Match[str]) -> str:
    value = value_of(_letters(found[1]))
    return found[0] if value is None else _whole(str(value))


def _roman_english(found: re.Match[str]) -> str:
    value = value_of(_letters(found[0]))
    if value is None or value >= len(ENGLISH):
        return found[0] if value is None else _whole(str(value))
    return ENGLISH[value]


def _letters(numeral: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKC", numeral).upper()


def _positional(found: re.Match[str]) -> str:
    return _whole("".join(str(_KANJI.index(figure)) for figure in found[0]))


def _leading(found: re.Match[str]) -> str:
    """Before 万 and the like, a thousand is 一千."""
    return "一千" if found[0].replace(",", "") == "1000" else _number(found[0])


def _any(words: dict[str, object] | dict[str, str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_Say = Callable[[re.Match[str]], str]
_SIGNS = "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True)))
_RULES: tuple[tuple[re.Pattern[str], _Say], ...] = tuple(
    (re.compile(pattern), say)
    for pattern, say in (
        (r"(?<![\w+])C\+\+", lambda m: "シープラスプラス"),
        (r"(?<![\d.A-Za-z])\.(?=\d{2,3}(?:口径|マグナム|スペシャル))", lambda m: ""),
        (r"(?<![\w.])\.(?=\d)", lambda m: "0."),
        (r"(?<![\d.,])404(?=\s?(?:エラー|ページ))|(?<=HTTP )404(?!\d)", lambda m: "ヨンマルヨン"),
        (r"(?<![\d.,/])24/7(?![\d/])", lambda m: "トゥエンティーフォーセブン"),
        (r"(?<![\d.,/])50/50(?![\d/])", lambda m: "フィフティーフィフティー"),
        (r"(?<![\d.,])2[x×]4(?=材|工法|住宅)", lambda m: "ツーバイフォー"),
        (rf"(?<![A-Za-z0-9])(?:{_any(NAMES)})(?![A-Za-z0-9.]|,\d)", lambda m: NAMES[m[0]]),
        (
            r"(?<=〒)\s?\d{3}-\d{4}|(?<![\d-])(?:0\d{1,4}-\d{1,4}-\d{3,4}|0\d{1,4}\(\d{1,4}\)\d{3,4}|0[789]0\d{8}|0120-?\d{3}-?\d{3})(?![\d-])",
            _telephone,
        ),
        (r"(?<![\d/.-])\d{4}([-/.])\d{1,2}\1\d{1,2}(?![\d/-])", _date),
        (rf"(?<![\d/.])(\d{{1,2}})/(\d{{1,2}})(?=\s?[(（][{WEEKDAYS}][)）])", _short_date),
        (rf"(?<=日)\s?[(（]([{WEEKDAYS}])(?:・祝)?[)）]", _weekday),
        (rf"(?<=\d:\d\d){_TO}(?=\d{{1,2}}:\d\d)", lambda m: "から"),
        (
            r"(?<![\d:.])([AaPp]\.?[Mm]\.?\s?)?(\d{1,2}):(\d\d)(?::(\d\d))?(?![\d:])(\s?[AaPp]\.?[Mm]\b\.?)?",
            _time,
        ),
        (r"(?<![\d:.])(\d{1,2}):(\d{1,2})(?![\d:])", _score),
        (r"(?<![A-Za-z])([AaPp])\.?[Mm]\.?\s?(?=\d{1,2}時)", _half_day),
        (rf"(?<![A-Za-z])({_SIGNS})\s?({_N})([{_BIG}千百]+)?", _money),
        (rf"(時速\s?|秒速\s?)?({_N})\s?({_any(SPEEDS)})(?![A-Za-z])", _speed),
        (rf"(?:{_FREE}([-−▲]))?(?:({_N}){_TO})?({_N})\s?({_any(UNITS)})(?![A-Za-z²³])", _unit),
        (r"(?<!\d)(\d+)?([½⅓⅔¼¾])", _mixed),
        (r"(?<![\d/.])(\d+)/(\d+)(?![\d/])", _fraction),
        (
            rf"(?<![\d.]){_N}(?:\s?[-+−×*÷]\s?{_N})+\s?=\s?{_N}|(?<![\d.]){_N}\s?[+×÷]\s?{_N}",
            _equation,
        ),
        (
            r"(?<![\d-])(\d+)\s?[-−–ー]\s?(\d+)(?=(?:で|の)(?:勝|負|敗|引き分け|逆転|快勝|辛勝|完勝))",
            _score,
        ),
        (rf"(?<![\d.-]){_N}(?:[-−]{_N})+(?![\d-])", _hyphens),
        (rf"(?<=\d){_TO}(?=\d)|(?<=[日月年時分人個円回歳才]){_TO}(?=\d)", lambda m: "から"),
        (rf"{_FREE}[-−](?=\d)", lambda m: "マイナス"),
        (r"(?<![A-Za-z0-9.)）])\+(?=\d)", lambda m: "プラス"),
        (r"(?<![A-Za-z0-9.)）])±(?=\d)", lambda m: "プラスマイナス"),
        (r"(?<![A-Za-z0-9])[~〜～≒](?=\d)", lambda m: "約"),
        (r"\bpp?\.\s?(\d+)(?:[-–](\d+))?(?!\d)", _pages),
        (
            r"(?<=ボーイング)\d{3}(?!\d)|(?<=Boeing )\d{3}(?!\d)|(?<!\d)7[0-8]7(?=型機)|(?<=エアバスA)\d{3}(?!\d)",
            lambda m: _one_by_one(m[0]),
        ),
        (r"#(?=\d)", lambda m: "ナンバー"),
        (
            rf"(?:{_any({k: v for k, v in SHORT.items() if not k.isascii() or k.endswith(('.', ':', ')'))})})\s?",
            lambda m: SHORT[m[0].rstrip()],
        ),
        (
            r"(?<=第)([ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫIVX]+)|([ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ]+|(?<![A-Za-z])[IVX]+)(?=世|章|部|編|幕|巻|節|型|次|期|級|類|種)",
            lambda m: _roman_counted(re.match(r"(.*)", m[0]) or m),
        ),
        (r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ]+|(?<=[ァ-ヶー])\s?(?:II|III|IV|VI{1,3}|IX)(?![A-Za-z])", _roman_english),
        (
            r"[一二三四五六七八九][〇一二三四五六七八九]{3}(?=年)|(?<![〇一二三四五六七八九十百千])(?=[一二三四五六七八九]+〇)[〇一二三四五六七八九]{2,}",
            _positional,
        ),
        (r"(?<![\d.])0(?=時(?!間)|度)|(?<=時)0(?=分)", lambda m: "零"),
        (rf"(?<![\d.]){_N}(?=[{_BIG}])", _leading),
        (r"(?<=秒)\d\d(?!\d)", lambda m: "".join(_KANJI[int(figure)] for figure in m[0])),
        (r"(?<=\w)\s?[&＆]\s?(?=\w)", lambda m: "アンド"),
        (r"['’](?=\d\d年)", lambda m: ""),
        (_N, lambda m: _number(m[0])),
    )
)
