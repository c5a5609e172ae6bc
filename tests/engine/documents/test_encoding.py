"""Bytes into text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.documents.encoding import clean, decode
from engine.documents.page import plain
from engine.errors import UserError


def test_control_characters_go_and_line_ends_are_one_kind() -> None:
    assert clean("a\x00b\x07\r\nc\rd\x85e\u2028f\ufeffg\xadh\x9fi") == "ab\nc\nd\ne\nfghi"
    assert clean("\ud83d") == "\ufffd"


SAMPLES = {  # encoding → texts that were told wrong by others, too
    "cp932": ("「おはよう。」", "①灯台の髙い所から海を見た。②船は㈱港湾の物だった。",
              "ｱﾒﾆﾓﾏｹｽﾞ ｶｾﾞﾆﾓﾏｹｽﾞ",
              "雨ニモマケズ風ニモマケズ丈夫ナカラダヲモチ", "灯台守は海を見ていた。"),
    "euc_jis_2004": ("灯台守は海を見ていた。波は高く、船は来なかった。", "「おはよう。」"),
    "iso2022_jp": ("灯台守は海を見ていた。",),
    "cp949": ("등대지기는 바다를 보고 있었다. 배는 오지 않았다.", "안녕하세요.",
              "똠방각하는 펲시를 마셨다."),
    "gb18030": ("灯塔看守人看着大海，船没有来。", "你好，世界。", "今天天气很好。",
                "他说：“我不知道这是什么地方。”"),
    "big5": ("燈塔看守人看著大海，船沒有來。", "你好，世界。"),
    "cp1252": ("Où est la bibliothèque ? Là-bas", "Straße und Äpfel für übermorgen", "café",
               "El niño comió mañana ¿qué?", "naïve “quotes” it’s", "Não há ações"),
    "cp1250": ("Zażółć gęślą jaźń.", "Příliš žluťoučký kůň úpěl ďábelské ódy",
               "Árvíztűrő tükörfúrógép"),
    "cp1251": ("Это было тёмной ночью. Мы шли по дороге", "ПРИВЕТ МИР", "Привіт, світе їжак"),
    "koi8_r": ("Это было темной ночью. Мы шли по дороге и молчали",),
    "cp866": ("Это было темной ночью. Мы шли по дороге и молчали",),
    "cp1253": ("Καλημέρα κόσμε, τι κάνεις;",),
    "cp1254": ("Güneş ışığı çok güzel, değil mi?",),
    "cp1255": ("שלום עולם, מה שלומך היום",),
    "cp1256": ("مرحبا بالعالم كيف حالك اليوم",),
    "cp1257": ("Ąžuolas ir šaltinis, žąsys lėkė",),
    "cp874": ("สวัสดีชาวโลก วันนี้อากาศดีมาก",),
    "mac_roman": ("Où est la bibliothèque, déjà été là",),
    "cp850": ("Où est la bibliothèque, déjà été là",),
}  # fmt: skip
PAIRS = [(encoding, text) for encoding, texts in SAMPLES.items() for text in texts]


@pytest.mark.parametrize(("encoding", "text"), PAIRS)
def test_an_encoding_is_told_by_what_is_usual(encoding: str, text: str) -> None:
    found, note = decode(text.encode(encoding), "file")
    assert found == text
    assert note.startswith("The text was read as ")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("cp932", "cp932"), ("shift_jis", "cp932"), ("Shift-JIS", "cp932"), ("gb2312", "gb18030")],
)
def test_the_user_knows_the_encoding_and_means_its_superset(encoding: str, said: str) -> None:
    assert decode("①灯台".encode(said), "file", encoding) == ("①灯台", "")


def test_what_is_not_in_the_encoding_that_was_said_is_a_sentence() -> None:
    with pytest.raises(UserError, match="file is not in cp932: leave the encoding out"):
        decode(b"x\x81", "file", "cp932")


def test_letters_are_composed() -> None:
    assert clean("cafe\u0301 か\u3099") == "café が"


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        text, _ = decode(data, "file")
    except UserError:
        return
    assert text == clean(text)


def test_ligatures_and_marks_that_nobody_sees_are_letters_and_nothing() -> None:
    assert clean("The ﬁrst ﬂoor, oﬃcially diﬀerent, ﬆill.") == (
        "The first floor, officially different, still."
    )
    assert clean("\u200eAnna\u200f: co\u00adop\u200b\u2060\ufeff") == "Anna: coop"
    assert plain("ﬁ\u200b\u202a") == "fi"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"  # which is no word without it
