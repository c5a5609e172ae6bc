"""HTML files and saved pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.documents.read import read
from engine.errors import UserError

PARAGRAPHS = [
    f"The lamp was lit early on evening {number}, and the boats came home along the western shore, "
    "as they had always done before. Nobody knew who had cut the rope, and nobody asked."
    for number in range(8)
]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_small_page_is_read_whole(tmp_path: Path) -> None:
    page = (
        "<html lang='de-AT'><head><title>T</title><style>p{color:red}</style><script>x()</script>"
        "<meta name='author' content='A. Writer'></head><body><h1>Hafen</h1><p>Das Licht brannte."
        "<p>Ja.<!-- nein --></body></html>"
    )
    script = read(write(tmp_path / "p.html", page))
    assert [(row.text, row.heading) for row in script.rows] == [
        ("Hafen", True), ("Das Licht brannte.", False), ("Ja.", False),
    ]  # fmt: skip
    assert (script.language, script.author, script.title) == ("de", "A. Writer", "p")


@pytest.mark.parametrize("kind", ["div", "nav"])
def test_menus_and_advertisements_of_a_saved_page_are_left_out_and_counted(
    tmp_path: Path, kind: str
) -> None:
    items = "".join(f"<li><a href='/{n}'>Menu {n}</a></li>" for n in range(20))
    menu = f"<{kind} class='menu'><ul>{items}</ul></{kind}>"
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    page = (
        f"<html><body>{menu}<article><h1>The Quay</h1>{body}<h2>Night</h2><p>All slept.</p>"
        "</article><div class='footer'>Copyright, cookies and <a href='/p'>privacy</a></div>"
        "</body></html>"
    )
    script = read(write(tmp_path / "p.htm", page))
    texts = [row.text for row in script.rows]
    assert texts == ["The Quay", *PARAGRAPHS, "Night", "All slept."]
    assert any("main text" in note for note in script.notes)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("mark", "said"), [("<ruby>漢<rt>か</rt></ruby>，", "か，"), ("か<rt>x</rt>，", "かx，")]
)
def test_a_page_of_many_marks_is_no_hang_and_read_whole(
    tmp_path: Path, mark: str, said: str
) -> None:
    """What tells the main text from menus takes elements out one by one, each in the time of the
    text before it."""
    page = f"<body><nav>Menu</nav><p>{mark * 45_000}</p>"
    (row,) = read(write(tmp_path / "p.html", page)).rows
    assert row.text == said * 45_000


def test_short_paragraphs_with_ruby_are_of_the_main_text(tmp_path: Path) -> None:
    """Its letters are compared as they are read."""
    short = "<p><ruby>灯台<rt>とうだい</rt></ruby>へ。</p>"
    body = "".join(f"<p>{text}</p>{short}" for text in PARAGRAPHS)
    page = f"<html><body><nav>Menu</nav><article>{body}</article></body></html>"
    texts = [row.text for row in read(write(tmp_path / "p.html", page)).rows]
    assert texts == [text for one in PARAGRAPHS for text in (one, "とうだいへ。")]


@pytest.mark.timeout(60)
def test_two_thousand_paragraphs_are_sought_one_after_the_other(tmp_path: Path) -> None:
    items = "".join(f"<p>{PARAGRAPHS[0][:60]} and so on {n}.</p>" for n in range(2_000))
    rows = read(write(tmp_path / "p.html", f"<body><ul class='menu'><li>Menu</ul>{items}")).rows
    assert [row.text[-8:] for row in rows[-2:]] == ["on 1998.", "on 1999."]
    assert len(rows) == 2_000


def test_the_charset_of_a_page_is_its_own(tmp_path: Path) -> None:
    page = "<html><head><meta charset='shift_jis'></head><body><p>灯台①</p></body></html>"
    assert read(write(tmp_path / "p.html", page.encode("cp932"))).rows[0].text == "灯台①"


@pytest.mark.parametrize(
    "page", ["", " ", "<html></html>", "\x00\x01\x02" * 50, "<p " + "a " * 9000]
)
def test_what_is_no_page_is_a_sentence(tmp_path: Path, page: str) -> None:
    with pytest.raises(UserError, match=r"^p\.html "):
        read(write(tmp_path / "p.html", page))


def test_nothing_is_fetched_and_no_entity_unfolded(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]>'
        "<html><head><base href='http://127.0.0.1:1/'><link rel='stylesheet' href='a.css'></head>"
        f"<body><p>Text &x;.</p><img src='http://127.0.0.1:1/a.png'>{'<p>Words.</p>' * 200}</body>"
    )
    script = read(write(tmp_path / "p.html", page))
    assert script.rows[0].text.startswith("Text")
    assert "secret" not in " ".join(row.text for row in script.rows)
