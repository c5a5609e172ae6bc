"""Which encoding a text is in, by what its letters would be: supersets, and what is usual."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

LEAST = 0.25  # of a score that is believed

# Letters beside those of ASCII that a language uses, by the encodings that it was written in.
_ALPHABETS = (
    ("éèêëàâçîïôùûœæ", ("cp1252", "cp850", "mac_roman")),
    ("äöüß", ("cp1252", "cp850", "mac_roman")),
    ("áéíóúñü¿¡ªº", ("cp1252", "cp850", "mac_roman")),
    ("ãõáéíóúâêôçàüªº", ("cp1252", "cp850", "mac_roman")),
    ("àèéìòùîó", ("cp1252", "cp850", "mac_roman")),
    ("åäöøæé", ("cp1252", "cp850", "mac_roman")),
    ("áéíóúýþæöð", ("cp1252",)),
    ("ëïéèüöó", ("cp1252",)),
    ("ąćęłńóśźż", ("cp1250", "iso8859_2", "cp852")),
    ("áčďéěíňóřšťúůýž", ("cp1250", "iso8859_2", "cp852")),
    ("áäčďéíĺľňóôŕšťúýž", ("cp1250", "iso8859_2")),
    ("áéíóöőúüű", ("cp1250", "iso8859_2", "cp852")),
    ("ăâîşţ", ("cp1250", "iso8859_2")),
    ("čćđšž", ("cp1250", "iso8859_2")),
    ("çğıöşüİâî", ("cp1254",)),
    ("ąčęėįšųūž", ("cp1257",)),
    ("āčēģīķļņšūž", ("cp1257",)),
    ("äõöüšž", ("cp1257",)),
)
_SCRIPTS = (  # frequent letters, all letters
    ("оеаинтсрвлкмдпуы", "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўјљњћџђ",
     ("cp1251", "koi8_r", "koi8_u", "cp866", "mac_cyrillic")),
    ("αιοεςτσνηυρά", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", ("cp1253", "iso8859_7")),
    ("יוהלאמרתבשנםעקד", "אבגדהוזחטיכךלמםנןסעפףצץקרשת", ("cp1255",)),
    ("اليمنوترب", "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإؤئآپچژگ،؟", ("cp1256",)),
    ("านรอกเงมยลวด่้", "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮะาำัิีึืุูเแโใไๅ็่้๊๋์ๆฯ", ("cp874",)),
)  # fmt: skip
_WHOLE_WORDS = frozenset(name for _, _, names in _SCRIPTS for name in names)
_MIXED = re.compile(r"[A-Za-z](?=[^\x00-\x7f‘’“”…–—«»])|[^\x00-\x7f‘’“”…–—«»](?=[A-Za-z])")
_ODD = re.compile(r"[а-яёà-ÿ](?=[А-ЯЁÀ-Þ])")
_PUNCTUATION = frozenset("\xa0‘’‚“”„–—…«»‹›•·€™©®§°´·№")
_WIDE_PUNCTUATION = frozenset(
    "、。「」『』（）！？，．：；・ー〜～…‥—―“”‘’《》〈〉【】［］｜※〇　々ゝゞ"
)
_HANZI = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
)
_TRADITIONAL = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡"
)
_HANGUL = frozenset("이다는의에을를가은도하고지한로서기자사인그나어")


def guess(data: bytes) -> tuple[str, float]:
    """The encoding of some text that is no UTF-8, and how usual its letters are in it: from -1 to
    some 1.3. ("", -1.0) where it is nothing."""
    if re.search(rb"\x1b\$[@B(]|\x1b\([BJI]", data):
        return "iso2022_jp_ext", 1.0
    # The lines that tell something, so that a long text is judged as quickly as a short one.
    lines = (line[:500] for line in data[:4_000_000].splitlines() if not line.isascii())
    telling = b"\n".join(lines)[:50_000] or data[:50_000]
    best, encoding = -1.0, ""
    for name, score_of in _candidates():
        text = telling.decode(name, "replace")
        counts = Counter(letter for letter in text if letter > "\x7f")
        total = sum(counts.values())
        broken = counts.pop("\ufffd", 0)
        if not total or broken * 200 > total + 200:
            continue
        score = sum(score_of(letter) * count for letter, count in counts.items()) / total
        score += _case(text) - broken / total
        if score_of is _japanese and not re.search("[\u3041-\u30fe\uff66-\uff9f]", text):
            score -= 0.35  # kanji alone are rather Chinese
        if name in _WHOLE_WORDS:  # no letter of these stands beside one of ASCII
            score -= 3.0 * len(_MIXED.findall(text)) / total
        if score > best + 1e-6:
            best, encoding = score, name
    return encoding, best


def _candidates() -> list[tuple[str, Callable[[str], float]]]:
    """Of equals the first one counts."""
    found: list[tuple[str, Callable[[str], float]]] = [
        ("cp932", _japanese), ("euc_jis_2004", _japanese), ("cp949", _korean),
        ("gb18030", _chinese), ("big5hkscs", _taiwanese),
    ]  # fmt: skip
    names: tuple[str, ...]
    for depth in range(6):  # the usual encoding of every language first
        for letters, names in _ALPHABETS:
            if depth < len(names):
                found.append((names[depth], _among(letters)))
        for frequent, letters, names in _SCRIPTS:
            if depth < len(names):
                found.append((names[depth], _within(frequent, letters)))
    return found


def _among(letters: str) -> Callable[[str], float]:
    small, large = frozenset(letters), frozenset(letters.upper())

    def score(letter: str) -> float:
        if letter in small:
            return 1.0
        return 0.7 if letter in large else 0.4 if letter in _PUNCTUATION else -1.0

    return score


def _within(frequent: str, letters: str) -> Callable[[str], float]:
    often, all_of_them = frozenset(frequent), frozenset(letters)

    def score(letter: str) -> float:
        small = letter.lower()
        if small not in all_of_them:
            return 0.4 if letter in _PUNCTUATION else -1.0
        return (1.2 if small in often else 0.6) - (0.2 if letter != small else 0.0)

    return score


def _case(text: str) -> float:
    """Small letters before capitals within words: what another encoding makes of words."""
    return -3.0 * len(_ODD.findall(text)) / max(len(text), 1)


def _wide(letter: str) -> float | None:
    """What every East Asian encoding has; None for letters."""
    if letter in _WIDE_PUNCTUATION:
        return 1.0
    if "\uff01" <= letter <= "\uff5e" or "\u2460" <= letter <= "\u24ff":
        return 0.5
    if "\ue000" <= letter <= "\uf8ff" or letter in "\x80\x85\xa0":
        return -1.5
    return None


def _japanese(letter: str) -> float:
    wide = _wide(letter)
    if wide is not None:
        return wide
    if "\u3041" <= letter <= "\u30fe":
        return 1.2
    if "\uff61" <= letter <= "\uff9f":  # half-width kana
        return 0.8
    return _by_lead(letter, "shift_jis", 0x88, 0x97)


def _korean(letter: str) -> float:
    if "\uac00" <= letter <= "\ud7a3":
        return 1.4 if letter in _HANGUL else 1.0 if _lead(letter, "euc_kr") else -0.5
    wide = _wide(letter)
    return wide if wide is not None else -0.3


def _chinese(letter: str) -> float:
    wide = _wide(letter)
    if wide is not None:
        return wide
    return 1.4 if letter in _HANZI else _by_lead(letter, "gb2312", 0xB0, 0xD7)


def _taiwanese(letter: str) -> float:
    wide = _wide(letter)
    if wide is not None:
        return wide
    return 1.4 if letter in _TRADITIONAL else _by_lead(letter, "big5", 0xA4, 0xC6)


def _by_lead(letter: str, encoding: str, first: int, last: int) -> float:
    """Characters of the first level stand in these rows of the old, small set."""
    lead = _lead(letter, encoding)
    if not lead or not "\u3400" <= letter <= "\u9fff":
        return -0.6 if lead else -1.0
    return 1.0 if first <= lead <= last else 0.1


def _lead(letter: str, encoding: str) -> int:
    try:
        return letter.encode(encoding)[0]
    except UnicodeEncodeError:
        return 0
