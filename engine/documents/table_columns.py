"""Which column of a table is what: by the names that people give them, and by what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.errors import UserError

# What people and programs call the columns, best first.
NAMES = {
    "text": (
        "text", "line", "dialogue", "dialog", "sentence", "transcript", "transcription", "script",
        "caption", "subtitle", "utterance", "words", "content", "phrase", "source string",
        "sourcestring", "source text", "line text", "dialogue text", "dialog text", "spoken text",
        "spoken line", "voice line", "vo text", "narration", "voice over", "voiceover", "message",
        "string", "copy", "prompt", "source", "台詞", "セリフ", "せりふ", "テキスト", "本文",
        "文章", "発話", "字幕", "内容", "台词", "对白", "文本", "대사", "텍스트", "texte",
        "réplique", "texto", "diálogo", "testo", "battuta", "replik", "zeile", "dialogtext",
        "текст", "реплика",
    ),
    "id": (
        "id", "key", "keys", "line id", "lineid", "string id", "stringid", "identifier",
        "unique id", "uid", "guid", "technical name",
        "no", "nr", "number", "#", "番号", "行番号", "キー", "编号",
        "編號", "번호",
    ),
    "speaker": (
        "speaker", "character", "actor", "role", "who", "person", "name", "speaker name",
        "character name", "actor name", "話者", "キャラ", "キャラクター", "キャラ名", "名前",
        "役", "役名", "人物", "登場人物", "角色", "说话人", "화자", "캐릭터", "personnage",
        "personaje", "personaggio", "figur", "sprecher", "персонаж",
    ),
    "voice": (
        "voice", "preset", "voice preset", "声", "ボイス",
    ),
    "file": (
        "file", "filename", "file name", "output", "audio", "audio file", "audio filename",
        "sound file", "voice file", "vo file", "wav", "path", "ファイル名", "ファイル",
        "音声ファイル", "文件名", "파일",
    ),
    "direction": (
        "direction", "directions", "stage directions", "stage direction", "actor direction",
        "actor directions", "vo direction", "voice direction", "performance notes", "emotion",
        "style", "tone", "acting", "delivery", "note", "notes", "context", "comment", "comments",
        "ト書き", "演技", "演技指示", "指示", "感情", "備考", "备注", "メモ",
    ),
    "pause": (
        "pause", "silence", "gap", "間",
    ),
    "chapter": (
        "chapter", "section", "scene", "章", "シーン", "場面", "场景",
    ),
    "heading": (
        "heading",
    ),
    "start": (
        "start", "start time", "begin", "in", "in point", "start timecode", "timecode in",
        "tc in", "開始", "開始時間", "开始时间",
    ),
    "end": (
        "end", "end time", "out", "out point", "end timecode", "timecode out", "tc out", "終了",
        "終了時間", "结束时间",
    ),
    "part_of": (
        "part of",
    ),
}  # fmt: skip
_LANGUAGE = re.compile(
    r"(?:english|japanese|german|french|spanish|italian|chinese|korean|russian|portuguese|polish|"
    r"en|ja|de|fr|es|it|zh|ko|ru|pt|pl)(?:[ _-][a-z]{2,4})?(?: ?\([a-z_-]{2,7}\))?"
)
_VALUE = re.compile(r"[\d\s.,:;/%+-]*(?:ms|s|sec|am|pm)?", re.I)  # numbers, times, dates
_MAYBE_SOURCE = ("file", "filename", "file name", "path")  # also of the file a line stands in
_SAMPLE = 300  # rows that are looked at
_OWN = ("id", "chapter", "speaker", "voice", "pause", "text")  # how `write_csv` begins


class NoTextColumn(UserError):
    """The user has to say which column is the text."""


class Found(NamedTuple):
    """columns: field → index. header: how many rows stand above the cells. guessed: the name of the
    column that was taken for the text by what is in it, or "". own: this program wrote the table.
    maybe_source: the column of files may tell where a line stands.
    """

    columns: dict[str, int]
    header: int
    guessed: str = ""
    own: bool = False
    maybe_source: bool = False


def find_columns(rows: Sequence[Sequence[str]], wanted: Mapping[str, str]) -> Found:
    """rows: the first ones of the table. wanted: field → name (or number) of its column, by the
    user, or "" for none. Raises UserError where one that is wanted is not there, NoTextColumn where
    no column is the text."""
    header = header_of(rows)
    names = [plain_name(name) for name in rows[header]]
    cells = rows[header + 1 :][:_SAMPLE]
    columns = {field: _wanted(field, name, names) for field, name in wanted.items() if name}
    by_number = "text" in columns and plain_name(wanted["text"]) not in names
    own = tuple(names[: len(_OWN)]) == _OWN
    guessed = ""
    if "text" not in columns:
        named = (at for at in _named(names, "text") if own or not _are_values(cells, at))
        at: int | None = next(named, None)
        if at is None:
            at = next((at for at, name in enumerate(names) if _is_language(name, cells, at)), None)
        if at is None:
            at = _fullest(rows[header:] if not any(_fields(names)) else cells, names)
            if at is None:
                shown = ", ".join(filter(None, map(str.strip, rows[header][:20]))) or "nothing"
                raise NoTextColumn(
                    f"the table has no column called text, only {shown[:300]}: "
                    "name the column that is to be spoken text, in the first row"
                )
            guessed = rows[header][at].strip() or f"number {at + 1}"
        columns["text"] = at
    add_named(columns, names, wanted)
    no_header = not any(_fields(names)) and _is_sentence(rows[header][columns["text"]])
    if no_header and (guessed or by_number):
        before = _second(cells, columns["text"]) if guessed and "speaker" not in wanted else {}
        return Found({**before, **columns}, header, guessed)
    maybe = "file" in columns and names[columns["file"]] in _MAYBE_SOURCE
    return Found(columns, header + 1, guessed, own, maybe)


def add_named(columns: dict[str, int], names: Sequence[str], wanted: Mapping[str, str]) -> None:
    """Add the columns that are called as a field is, for fields that are in neither mapping."""
    for field in NAMES:
        if field not in columns and field not in wanted:
            free = [at for at in _named(names, field) if at not in columns.values()]
            if free:
                columns[field] = free[0]


def plain_name(name: str) -> str:
    """A column's name as it is compared: SourceString, source_string and Source string are one."""
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


def header_of(rows: Sequence[Sequence[str]]) -> int:
    """The row of the names: the one with the most known ones, a title or two may stand above."""
    known = [sum(_fields([plain_name(name) for name in row])) for row in rows[:10]]
    best = max(range(len(known)), key=lambda at: (known[at], -at))
    return best if known[best] > 1 or known[0] == 0 else 0


def _fields(names: Sequence[str]) -> list[bool]:
    """For each field whether a column is called so."""
    return [any(True for _ in _named(names, field)) for field in NAMES]


def _named(names: Sequence[str], field: str) -> list[int]:
    """Columns with a name of this field, the best name first."""
    return [names.index(word) for word in NAMES[field] if word in names]


def _wanted(field: str, name: str, names: Sequence[str]) -> int:
    if field not in NAMES:
        raise UserError(f"a table has no {field}: name one of {', '.join(NAMES)}")
    if plain_name(name) in names:
        return names.index(plain_name(name))
    if name.isdecimal() and 1 <= int(name) <= len(names):
        return int(name) - 1
    raise UserError(f"the table has no column {name}, only {', '.join(names[:20])[:300]}")


def _column(cells: Sequence[Sequence[str]], at: int) -> list[str]:
    return [row[at].strip() for row in cells if at < len(row) and row[at].strip()]


def _are_values(cells: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column holds numbers or times, which nobody wants to hear."""
    filled = _column(cells, at)
    values = sum(_VALUE.fullmatch(cell) is not None for cell in filled)
    return bool(filled) and values * 5 >= len(filled) * 4 and len(set(filled)) > 1


def _is_language(name: str, cells: Sequence[Sequence[str]], at: int) -> bool:
    return _LANGUAGE.fullmatch(name) is not None and not _are_values(cells, at)


def _is_sentence(cell: str) -> bool:
    cell = cell.strip()
    wide = re.search("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{3}", cell) is not None
    return wide or (" " in cell and len(cell) > 8)


def _fullest(cells: Sequence[Sequence[str]], names: Sequence[str]) -> int | None:
    """The column of sentences; None where there is none, or no clear one."""
    lengths = []
    for at in range(len(names)):
        filled = _column(cells, at)
        sentences = [cell for cell in filled if _is_sentence(cell)]
        share = len(sentences) / max(len(filled), 1)
        mean = sum(map(len, sentences)) / max(len(sentences), 1)
        lengths.append(mean * len(sentences) if share >= 0.5 and not _are_values(cells, at) else 0)
    best = max(range(len(lengths)), key=lengths.__getitem__, default=None)
    if best is None or not lengths[best]:
        return None
    others = [length for at, length in enumerate(lengths) if at != best]
    return best if all(length * 2 <= lengths[best] for length in others) else None


def _second(cells: Sequence[Sequence[str]], text: int) -> dict[str, int]:
    """Who speaks in a table without names: the column before the text, where it is of few words
    that come again."""
    filled = _column(cells, text - 1) if text else []
    short = all(len(cell) <= 40 and not _VALUE.fullmatch(cell) for cell in filled)
    return {"speaker": text - 1} if filled and short and not any(map(_is_sentence, filled)) else {}
