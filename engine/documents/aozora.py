"""Marks of Japanese texts: ruby and notes as Aozora Bunko, Narou and Kakuyomu write them."""

from __future__ import annotations

import re

from engine.documents.left_out import Omissions

_KANA = "\u3041-\u309f\u30a0-\u30ff\uff66-\uff9f"
_KANJI = (
    "\u2e80-\u2fdf\u3005-\u3007\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff仝ヶ"
    "\U00020000-\U0003ffff"
)
_RUBY = re.compile(
    r"[｜|](?P<base>[^｜|《》（）\n]{1,40})(?:《(?P<any>[^《》\n]{1,60})》|（(?P<round>[^（）\n]{1,60})）)"
    rf"|(?:[{_KANJI}]{{1,30}}|[A-Za-zＡ-Ｚａ-ｚ]{{1,40}}|[ァ-ヺー]{{1,40}})"
    rf"《(?P<kana>[{_KANA}・ \u3000]{{1,60}})》"
)
_EMPHASIS = re.compile(r"《《([^《》\n]{1,200})》》")
_HEADING = re.compile(
    r"(?P<text>[^\n]{1,200}?)［＃「(?P=text)」は(?:同行|窓)?(?P<size>[大中小])見出し］"
)
_HEADING_BLOCK = re.compile(
    r"［＃(?:ここから)?(?:同行|窓)?(?P<size>[大中小])見出し］\s*(?P<text>[^\n［］]{1,200}?)\s*"
    r"［＃(?:ここで)?(?:同行|窓)?[大中小]見出し終わり］"
)
_UNKNOWN = re.compile(r"※［＃[^\n［］]{0,200}?U\+([0-9A-Fa-f]{4,6})[^\n［］]{0,200}］")
_PAGE = re.compile(r"[^\S\n]*［＃改(?:ページ|丁|段|見開き)］[^\S\n]*")
_NOTE = re.compile(r"※?［＃[^\n［］]{0,300}］")
_KEY = re.compile(r"^-{20,}\n【テキスト中に現れる記号について】.*?^-{20,}\n", re.M | re.S)
_COLOPHON = re.compile(r"^底本：", re.M)
_MARKS = re.compile(
    rf"［＃[^\n］]|[{_KANJI}]《[{_KANA}]|[｜|][^《》\n]{{1,40}}《|｜[^（）\n]{{1,40}}（|《《"
)

HEADING = "\ue000"  # before a heading's line; the letters after it say how large: 1, 2, 3
BREAK = "\ue001"  # alone on a line


def is_marked(text: str) -> bool:
    """Whether these marks are in a text at all; 《》 alone are book titles."""
    return _MARKS.search(text) is not None


def without_marks(text: str, omitted: Omissions) -> str:
    """The text with its readings instead of what they stand above, line by line as it was.

    Headings get HEADING and their level in front, page breaks become a line of BREAK.
    """
    notes = len(_COLOPHON.findall(text))
    if key := _KEY.search(text):
        omitted.add("explanations of marks", key[0])
        text = text[: key.start()] + "\n" * key[0].count("\n") + text[key.end() :]
    if is_marked(text) and notes:
        at = list(_COLOPHON.finditer(text))[-1].start()
        omitted.add("colophons", text[at:])
        text = text[:at]
    text = _UNKNOWN.sub(lambda found: _letter(int(found[1], 16)), text)
    for pattern in (_HEADING, _HEADING_BLOCK):
        text = pattern.sub(_heading, text)
    text = _PAGE.sub(BREAK, text)
    for note in _NOTE.findall(text):
        omitted.add("notes of the editor", note)
    text = _NOTE.sub("", text)
    text = _EMPHASIS.sub(r"\1", text)
    return _RUBY.sub(lambda ruby: ruby["any"] or ruby["round"] or ruby["kana"], text)


def _heading(found: re.Match[str]) -> str:
    level = "大中小".index(found["size"]) + 1
    line = found["text"]
    notes, words = _leading_notes(line)
    return f"{notes}{HEADING}{level}{words}"


def _leading_notes(line: str) -> tuple[str, str]:
    """［＃３字下げ］ and white space before the words."""
    match = re.match(r"(?:\s|［＃[^\n［］]{0,100}］){0,9}", line)
    at = match.end() if match else 0
    return line[:at], line[at:]


def _letter(code: int) -> str:
    return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
