"""Books, whole ones and hostile ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from engine.documents import epub as module
from engine.documents.read import read
from engine.errors import UserError

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head><body>{}</body></html>'


def opf(pages: dict[str, str], extra: str = "", title: str = "The Book") -> str:
    items = "".join(
        f'<item id="p{i}" href="{name}" media-type="application/xhtml+xml"/>'
        for i, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="p{i}"/>' for i in range(len(pages)))
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="u">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="u">x'
        f"</dc:identifier><dc:title>{title}</dc:title><dc:language>de-AT</dc:language></metadata>"
        f"<manifest>{items}{extra}</manifest><spine>{spine}</spine></package>"
    )


def book(
    path: Path,
    pages: dict[str, str],
    more: dict[str, bytes] | None = None,
    package: str | None = None,
) -> Path:
    members = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": CONTAINER.encode(),
        "OEBPS/book.opf": (opf(pages) if package is None else package).encode(),
        **{f"OEBPS/{name}": PAGE.format(body).encode() for name, body in pages.items()},
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_book(tmp_path: Path) -> None:
    path = book(
        tmp_path / "b.epub",
        {
            "one.xhtml": "<h1>Eins\n&amp; <em>mehr</em></h1><p>Ein <b>Satz</b>"
            "<sup><a role='doc-noteref'>1</a></sup>, dann<br/>noch\neiner.</p>"
            "<!-- weg --><script>no()</script><hr/>"
            "<div>Und <span>Schluss</span> <p>inner</p> rest</div>",
            "two.xhtml": "<h2>Zwei</h2><ul><li>Punkt&#173;e</li></ul><p>ANNA: Ja.</p>",
        },
    )
    script = read(path)
    assert script.title == "The Book"
    assert script.language == "de"
    assert script.chapters == ("Eins & mehr", "Zwei")
    assert [(row.text, row.chapter, row.speaker) for row in script.rows] == [
        ("Eins & mehr", 0, ""),
        ("Ein Satz, dann", 0, ""),
        ("noch einer.", 0, ""),
        ("Und Schluss", 0, ""),
        ("inner", 0, ""),
        ("rest", 0, ""),
        ("Zwei", 1, ""),
        ("Punkte", 1, ""),
        ("Ja.", 1, "ANNA"),
    ]


def test_a_page_without_a_heading_is_named_by_the_contents(tmp_path: Path) -> None:
    nav = PAGE.format(
        '<nav xmlns:epub="http://www.idpf.org/2007/ops" epub:type="toc"><ol>'
        '<li><a href="one.xhtml">First Chapter</a></li></ol></nav>'
    )
    pages = {"one.xhtml": "<p>Text.</p>"}
    item = '<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    path = book(tmp_path / "b.epub", pages, {"OEBPS/nav.xhtml": nav.encode()}, opf(pages, item))
    script = read(path)
    assert script.chapters == ("First Chapter",)
    assert [row.text for row in script.rows] == ["Text."]  # nobody says the title


def test_members_that_are_missing_or_no_text_do_not_matter(tmp_path: Path) -> None:
    pages = {"one.xhtml": "<p>Text.</p>", "gone.xhtml": ""}
    extra = '<item id="i" href="x.png" media-type="image/png"/>'
    path = book(tmp_path / "b.epub", {"one.xhtml": pages["one.xhtml"]}, {}, opf(pages, extra))
    assert [row.text for row in read(path).rows] == ["Text."]


# ── hostile books ─────────────────────────────────────────────────────────────────────────────


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    zeros = b"<p>" + b" " * (module.MAX_TEXT_BYTES + 1)
    path = book(tmp_path / "b.epub", {"one.xhtml": ""}, {"OEBPS/bomb.xhtml": zeros})
    assert path.stat().st_size < 200_000
    with pytest.raises(UserError, match=r"b\.epub unpacks to more than 64 MB"):
        read(path)


def test_a_member_that_lies_about_its_size_gives_no_more(tmp_path: Path) -> None:
    """The sizes in the directory say 10 bytes; the data would give 10 MB."""
    path = book(tmp_path / "b.epub", {"one.xhtml": "x" * 10_000_000})
    data = bytearray(path.read_bytes())
    size = (10_000_000 + len(PAGE) - 2).to_bytes(4, "little")
    assert data.count(size) >= 1
    path.write_bytes(bytes(data).replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(UserError, match="no EPUB that can be read"):
        read(path)


def test_too_many_members(tmp_path: Path) -> None:
    more = {f"OEBPS/{number}.png": b"" for number in range(module.MAX_MEMBERS)}
    with pytest.raises(UserError, match="it is no book"):
        read(book(tmp_path / "b.epub", {"one.xhtml": "<p>x</p>"}, more))


def test_names_with_dots_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret.xhtml").write_text("<p>secret</p>")
    folder = tmp_path / "books"
    folder.mkdir()
    names = ["../../secret.xhtml", "/../secret.xhtml", str(tmp_path / "secret.xhtml")]
    pages = {"one.xhtml": "<p>Text.</p>"}
    package = opf({**pages, **dict.fromkeys(names, "")})
    more = {"../../evil.xhtml": b"<p>evil</p>"}
    path = book(folder / "b.epub", pages, more, package)
    assert [row.text for row in read(path).rows] == ["Text."]
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["b.epub", "books", "secret.xhtml"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha ha ha ha ha ha ha ha ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + '<!ENTITY file SYSTEM "file:///etc/passwd">]>'
)


def test_entities_are_not_followed(tmp_path: Path) -> None:
    page = BOMB + "<html><body><p>before &j; &file; after</p></body></html>"
    path = book(tmp_path / "b.epub", {"one.xhtml": ""}, {"OEBPS/one.xhtml": page.encode()})
    text = " ".join(row.text for row in read(path).rows)
    assert "before" in text
    assert "root:" not in text
    assert len(text) < 2000
    pages = {"one.xhtml": "<p>x</p>"}
    path = book(tmp_path / "c.epub", pages, {}, BOMB + opf(pages, title="Title &file;"))
    assert read(path).title.strip() == "Title"
    path = book(tmp_path / "d.epub", pages, {}, BOMB + opf(pages, title="&j;"))
    with pytest.raises(UserError, match="no EPUB that can be read"):
        read(path)


@pytest.mark.parametrize(
    "package",
    ["", "<package/>", "<a>", "no xml", "<package xmlns='http://www.idpf.org/2007/opf'/>"],
)
def test_a_broken_package_is_one_sentence(tmp_path: Path, package: str) -> None:
    with pytest.raises(UserError, match="no EPUB that can be read"):
        read(book(tmp_path / "b.epub", {"one.xhtml": "<p>x</p>"}, {}, package))


def test_protected_and_false_books(tmp_path: Path) -> None:
    path = book(tmp_path / "b.epub", {"one.xhtml": "x"}, {"META-INF/rights.xml": b"<r/>"})
    with pytest.raises(UserError, match="copy-protected"):
        read(path)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")
    (tmp_path / "zip.epub").write_bytes(file.getvalue())
    with pytest.raises(UserError, match="no EPUB"):
        read(tmp_path / "zip.epub")


def test_a_page_of_nested_tags_is_read(tmp_path: Path) -> None:
    deep = "<div>" * 20_000 + "deep" + "</div>" * 20_000
    path = book(tmp_path / "b.epub", {"one.xhtml": f"<p>Text.</p>{deep}"})
    assert read(path).rows[0].text == "Text."
