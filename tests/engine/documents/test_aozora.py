"""Ruby and notes of Japanese texts."""

from __future__ import annotations

import pytest

from engine.documents.plain_text import read_text

BOOK = """灯台守

-------------------------------------------------------
【テキスト中に現れる記号について】

《》：ルビ
（例）夜《よ》
-------------------------------------------------------

［＃３字下げ］一［＃「一」は中見出し］

　その夜《よ》、｜灯台守《とうだいもり》は海を見ていた。波は高《たか》く、※［＃「口＋罒」、U+56C3、1-2-3］だった。

［＃改ページ］

　終わり。

底本：「灯台守」港文庫
入力：だれか
"""


def test_the_ruby_is_the_reading_and_notes_are_left_out() -> None:
    script = read_text(BOOK, "t")
    assert [(row.text, row.heading) for row in script.rows] == [
        ("灯台守", False),
        ("一", True),
        ("そのよ、とうだいもりは海を見ていた。波はたかく、囃だった。", False),
        ("終わり。", False),
    ]
    assert script.chapters == ("", "一")
    assert {what.what: what.count for what in script.left_out} == {
        "explanations of marks": 1, "colophons": 1, "notes of the editor": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("｜灯台守（とうだいもり）は海へ。", "とうだいもりは海へ。"),
        ("|魔法使い《ウィザード》だ。", "ウィザードだ。"),
        ("彼は《《本当に》》来た。", "彼は本当に来た。"),
        ("ライト《光》と夜《よる》。", "ライト《光》とよる。"),
        ("我读过《红楼梦》和《水浒传》。", "我读过《红楼梦》和《水浒传》。"),
        ("彼（かれ）は来た。", "彼（かれ）は来た。"),
        ("［＃ここから大見出し］終章［＃ここで大見出し終わり］", "終章"),
    ],
)
def test_what_is_ruby_and_what_is_not(text: str, spoken: str) -> None:
    assert [row.text for row in read_text(text, "t").rows] == [spoken]
