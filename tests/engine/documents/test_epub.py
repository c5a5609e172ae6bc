"""Books, whole ones and hostile ones."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.audio.cover import MAX_BYTES
from engine.documents import epub as module
from engine.documents.read import read
from engine.documents.reading import Reading
from engine.errors import UserError
from engine.script.rows import from_json, to_json
from tests.pictures import jpeg, png

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
        ("ANNA: Ja.", 1, ""),
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


# ── package and table of contents ─────────────────────────────────────────────────────────────

PAGES = {"one.xhtml": "<p>One.</p>", "two.xhtml": "<p>Two.</p>"}
NAV_ITEM = '<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
NCX_ITEM = '<item id="x" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
DTD = '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx" "http://www.daisy.org/z3986/2005/ncx.dtd">'


def nav(entries: str) -> bytes:
    return PAGE.format(f'<nav epub:type="toc"><h2>Toc</h2><ol>{entries}</ol></nav>').encode()


def ncx(points: str) -> str:
    return (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><head/>'
        f"<docTitle><text>T</text></docTitle><navMap>{points}</navMap></ncx>"
    )


def entry(page: str, title: str, below: str = "") -> str:
    """Of a navigation document."""
    return f'<li><a href="{page}">{title}</a>{f"<ol>{below}</ol>" if below else ""}</li>'


def point(page: str, title: str, below: str = "") -> str:
    """Of an NCX."""
    label = f"<navLabel><text>{title}</text></navLabel>"
    return f'<navPoint>{label}<content src="{page}"/>{below}</navPoint>'


def with_contents(path: Path, contents: dict[str, bytes | None], toc: str = "") -> Path:
    """A book with the items of contents, by name; None: its package names one that is missing."""
    items = (NAV_ITEM if "nav.xhtml" in contents else "") + (
        NCX_ITEM if "toc.ncx" in contents else ""
    )
    toc = toc or ("x" if "toc.ncx" in contents else "")
    package = opf(PAGES, items).replace("<spine>", f'<spine toc="{toc}">')
    more = {f"OEBPS/{name}": data for name, data in contents.items() if data is not None}
    return book(path, PAGES, more, package)


def nested(levels: int, make: Callable[[str, str, str], str]) -> str:
    below = make("two.xhtml", f"Level {levels}", "")
    for level in range(levels - 1, 0, -1):
        below = make("one.xhtml" if level == 1 else "#", f"Level {level}", below)
    return below


NAV = nav(entry("one.xhtml", "Nav 1") + entry("two.xhtml#at", "Nav  <i>2</i>"))
NCX = ncx(point("one.xhtml", "NCX 1") + point("two.xhtml#at", "NCX\n2"))


@pytest.mark.parametrize(
    ("contents", "chapters"),
    [
        ({"nav.xhtml": NAV}, ("Nav 1", "Nav 2")),
        ({"toc.ncx": NCX.encode()}, ("NCX 1", "NCX 2")),
        ({"toc.ncx": f"\ufeff{DTD}{NCX}".encode()}, ("NCX 1", "NCX 2")),
        ({"toc.ncx": f'<?xml version="1.0" encoding="utf-16"?>{NCX}'.encode("utf-16")},
         ("NCX 1", "NCX 2")),
        ({"nav.xhtml": NAV, "toc.ncx": NCX.encode()}, ("NCX 1", "NCX 2")),
        ({"nav.xhtml": NAV, "toc.ncx": ncx("").encode()}, ("Nav 1", "Nav 2")),
        ({"nav.xhtml": nav(entry("one.xhtml", "Part", entry("./two.xhtml", "Inner")))},
         ("Part", "Inner")),
        ({"nav.xhtml": nav(f"<li><span>Part</span><ol>{entry('two.xhtml', 'Inner')}</ol></li>")},
         ("", "Inner")),
        ({"toc.ncx": ncx(point("one.xhtml", "Part", point("two.xhtml", "Inner"))).encode()},
         ("Part", "Inner")),
        ({"nav.xhtml": nav(nested(10, entry))}, ("Level 1", "Level 10")),
        ({"nav.xhtml": nav(nested(11, entry))}, ("Level 1",)),
        ({"toc.ncx": ncx(nested(10, point)).encode()}, ("Level 1", "Level 10")),
        ({"toc.ncx": ncx(nested(11, point)).encode()}, ("Level 1",)),
        ({"nav.xhtml": nav(entry("one.xhtml", "A &amp; &hellip;&shy;b"))}, ("A & …b",)),
        ({"nav.xhtml": nav(entry("one.xhtml", "First") + entry("one.xhtml#at", "Last"))},
         ("Last",)),
    ],
)  # fmt: skip
def test_the_contents_name_the_pages(
    tmp_path: Path, contents: dict[str, bytes | None], chapters: tuple[str, ...]
) -> None:
    script = read(with_contents(tmp_path / "b.epub", contents))
    assert script.chapters == chapters
    assert [row.text for row in script.rows] == ["One.", "Two."]


BROKEN = (None, b"", b" ", b"\xff\x00 < &&", b"<ncx/>", ncx("<navPoint><navLabel/>").encode())


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_table_of_contents_refuses_no_book(tmp_path: Path, broken: bytes | None) -> None:
    for contents, chapters in (
        ({"nav.xhtml": broken}, ("",)),
        ({"toc.ncx": broken}, ("",)),
        ({"nav.xhtml": NAV, "toc.ncx": broken}, ("Nav 1", "Nav 2")),
        ({"nav.xhtml": broken, "toc.ncx": NCX.encode()}, ("NCX 1", "NCX 2")),
    ):
        script = read(with_contents(tmp_path / "b.epub", contents))
        assert script.chapters == chapters
        assert [row.text for row in script.rows] == ["One.", "Two."]


def test_a_spine_that_names_no_table_of_contents_refuses_no_book(tmp_path: Path) -> None:
    path = with_contents(tmp_path / "b.epub", {"nav.xhtml": NAV}, toc="nothing")
    assert read(path).chapters == ("Nav 1", "Nav 2")


def test_contents_in_another_folder_and_names_with_escapes(tmp_path: Path) -> None:
    items = (
        '<item id="a" href="my%20one.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="zw%C3%B6lf.xhtml" media-type="application/xhtml+xml"/>'
        + NAV_ITEM.replace("nav.xhtml", "the%20nav/n.xhtml")
    )
    package = opf({}, items).replace("<spine>", '<spine><itemref idref="a"/><itemref idref="b"/>')
    entries = entry("../my one.xhtml", "Eins") + entry("zwölf.xhtml", "not there")
    more = {"OEBPS/the nav/n.xhtml": nav(entries)}
    pages = {"my one.xhtml": "<p>One.</p>", "zwölf.xhtml": "<p>Two.</p>"}
    script = read(book(tmp_path / "b.epub", pages, more, package))
    assert script.chapters == ("Eins",)
    assert [row.text for row in script.rows] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("spine", "texts"),
    [
        ('<itemref idref="p1"/><itemref idref="p0"/>', ["Two.", "One."]),
        ('<itemref idref="p0" linear="no"/><itemref idref="p1"/>', ["Two."]),
        ('<itemref idref="p0"/><itemref idref="p0"/>', ["One."]),
        ('<itemref idref="gone"/><itemref/><itemref idref=""/><itemref idref="p1"/>', ["Two."]),
        ('<!-- --><itemref idref="i"/><itemref idref="t"/>', ["Three."]),
        ('<itemref idref="n"/><itemref idref="p1"/>', ["Contents", "Two."]),
        ('<itemref idref="c"/><itemref idref="p1"/>', ["Two."]),
    ],
)  # fmt: skip
def test_the_spine_says_what_is_read_and_when(tmp_path: Path, spine: str, texts: list[str]) -> None:
    items = (
        '<item href="no-id.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="i" href="i.png" media-type="image/png"/>'
        '<item id="t" href="three.html" media-type="application/octet-stream"/>'
        '<item id="c" href="cover.xhtml" properties="cover" media-type="application/xhtml+xml"/>'
    )
    package = opf(PAGES, items + NAV_ITEM)
    package = package[: package.index("<spine>")] + f"<spine>{spine}</spine></package>"
    more = {
        "OEBPS/three.html": b"<p>Three.",
        "OEBPS/cover.xhtml": b"<p>Cover",
        "OEBPS/nav.xhtml": b"<h1>Contents</h1><nav><ol><li>no</li></ol></nav>",
    }
    script = read(book(tmp_path / "b.epub", PAGES, more, package))
    assert [row.text for row in script.rows] == texts


@pytest.mark.parametrize(
    ("metadata", "title", "language"),
    [
        ("<dc:title/><dc:title>Main</dc:title><dc:title>Sub</dc:title>", "Main", "en"),
        ("<dc:title>A</dc:title><dc:language/><dc:language>FR-ca</dc:language>", "A", "fr"),
        ("<dc:title> </dc:title><dc:title>Sub</dc:title>", "b", "en"),
        ("<dc:language> x </dc:language><dc:language>de</dc:language>", "b", "en"),
        ("<dc:title>A &amp; B&#228;<!-- c --></dc:title>", "A & Bä", "en"),
        ("<dc:title>A&nbsp;B</dc:title>", "A", "en"),
        ("<dc-metadata><dc:title>Old</dc:title></dc-metadata>", "b", "en"),
        ("<title xmlns='http://purl.org/dc/elements/1.1/'>Own</title>", "Own", "en"),
    ],
)  # fmt: skip
def test_title_and_language(tmp_path: Path, metadata: str, title: str, language: str) -> None:
    package = opf(PAGES)
    start, end = package.index("<dc:identifier"), package.index("</metadata>")
    package = package[:start] + metadata + package[end:]
    for before, encoding in (("", "utf-8"), ("\ufeff", "utf-8"), ("", "utf-16")):
        declared = f'{before}<?xml version="1.0" encoding="{encoding}"?>{package}'
        more = {"OEBPS/book.opf": declared.encode(encoding)}
        script = read(book(tmp_path / "b.epub", PAGES, more))
        assert (script.title, script.language) == (title, language)


@pytest.mark.parametrize("place", ["book.opf", "a/b/book.opf", "x/../a/./book.opf", "a/book.xml"])
def test_the_package_may_lie_anywhere(tmp_path: Path, place: str) -> None:
    folder = posixpath.dirname(posixpath.normpath(place))
    other = '<rootfile full-path="b.pdf" media-type="application/pdf"/></rootfiles>'
    more = {
        "META-INF/container.xml": CONTAINER.replace("OEBPS/book.opf", place)
        .replace("</rootfiles>", other)
        .encode(),
        posixpath.normpath(place): opf({"../up.xhtml": "", "one.xhtml": ""}, NAV_ITEM).encode(),
        posixpath.join(folder, "one.xhtml"): b"<p>One.",
        posixpath.normpath(posixpath.join(folder, "../up.xhtml")): b"<p>Up.",
        posixpath.join(folder, "nav.xhtml"): nav(entry("one.xhtml", "Eins")),
    }
    script = read(book(tmp_path / "b.epub", {}, more))
    assert [row.text for row in script.rows] == ["Up.", "One."]
    assert script.chapters == ("", "Eins")


@pytest.mark.parametrize(
    ("member", "data", "what"),
    [
        ("META-INF/container.xml", "", "XMLSyntaxError"),
        ("META-INF/container.xml", "no xml", "AssertionError"),
        ("META-INF/container.xml", CONTAINER.replace("rootfile ", "x "), "EpubException"),
        ("META-INF/container.xml", CONTAINER.replace("full-path", "x"), "AttributeError"),
        ("META-INF/container.xml", CONTAINER.replace("book", "gone"), "EpubException"),
        ("OEBPS/book.opf", "", "XMLSyntaxError"),
        ("OEBPS/book.opf", "no xml", "AttributeError"),
        ("OEBPS/book.opf", opf(PAGES).replace("metadata", "x"), "AttributeError"),
        ("OEBPS/book.opf", opf(PAGES).replace("manifest", "x"), "TypeError"),
        ("OEBPS/book.opf", opf(PAGES).replace("spine", "x"), "TypeError"),
        ("OEBPS/book.opf", opf(PAGES, "<item id='q'/>"), "TypeError"),
        ("OEBPS/one.xhtml", " ", "ParserError"),
    ],
)
def test_a_broken_book_is_refused_in_one_sentence(
    tmp_path: Path, member: str, data: str, what: str
) -> None:
    with pytest.raises(UserError) as caught:
        read(book(tmp_path / "b.epub", PAGES, {member: data.encode()}))
    assert str(caught.value) == (
        f"b.epub is no EPUB that can be read ({what}): open it in a reader and save it again"
    )


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
SMALL = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY file SYSTEM "file:///etc/passwd">]>'


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


def test_pictures_and_fonts_are_never_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = []
    real = zipfile.ZipFile.read

    def spy(self: zipfile.ZipFile, name: zipfile.ZipInfo) -> bytes:
        unpacked.append(name.filename)
        return real(self, name)

    monkeypatch.setattr(zipfile.ZipFile, "read", spy)
    items = (
        '<item id="i" href="i.png" media-type="image/png"/>'
        '<item id="f" href="f.woff" media-type="application/xhtml+xml"/>'
    )
    more = {"OEBPS/i.png": b"x", "OEBPS/f.woff": b"x", "OEBPS/unnamed.xhtml": b"x"}
    read(book(tmp_path / "b.epub", PAGES, more, opf(PAGES, items)))
    assert unpacked == [
        "META-INF/container.xml", "OEBPS/book.opf", "OEBPS/one.xhtml", "OEBPS/two.xhtml"
    ]  # fmt: skip


def test_a_page_that_is_named_often_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TEXT_BYTES", 2**20)
    again = '<item id="b{}" href="one.xhtml" media-type="application/xhtml+xml"/>'
    pages = {"one.xhtml": "<p>One.</p>" + " " * 300_000}
    items = "".join(map(again.format, range(3000)))
    spine = "".join(f'<itemref idref="b{number}"/>' for number in range(3000))
    package = opf(pages, items).replace("</spine>", f"{spine}</spine>")
    script = read(book(tmp_path / "b.epub", pages, {}, package))
    assert [row.text for row in script.rows] == ["One."]
    assert script.notes == ("Left out: 3000 repeated pages.",)


def test_entities_of_contents_and_container_are_not_followed(tmp_path: Path) -> None:
    points = point("one.xhtml", "&a;&file;") + point("two.xhtml", "Two &file;")
    path = with_contents(tmp_path / "b.epub", {"toc.ncx": (SMALL + ncx(points)).encode()})
    assert read(path).chapters == ("", "Two")
    bomb = (BOMB + ncx(point("one.xhtml", "&j;"))).encode()
    path = with_contents(tmp_path / "c.epub", {"toc.ncx": bomb})
    assert [row.text for row in read(path).rows] == ["One.", "Two."]
    container = SMALL + CONTAINER.replace("OEBPS/book.opf", "&file;")
    with pytest.raises(UserError, match="no EPUB that can be read"):
        read(book(tmp_path / "d.epub", PAGES, {"META-INF/container.xml": container.encode()}))


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


# ── what is read and what is left out ─────────────────────────────────────────────────────────


def spoken_of(tmp_path: Path, body: str, **options: bool) -> list[str]:
    script = read(book(tmp_path / "b.epub", {"one.xhtml": body}), reading=Reading(**options))
    return [row.text for row in script.rows]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("<p>Lit<a epub:type='noteref' href='#n1'>1</a>.</p>"
         "<aside epub:type='footnote' id='n1'><p>Folio 12.</p></aside>"
         "<aside role='doc-footnote'><p>Printer.</p></aside><p>Home.</p>"
         "<section epub:type='endnotes'><h2>Notes</h2><p>End.</p></section>", ["Lit.", "Home."]),
        ("<p>Lit<sup><a href='#fn1'>[15]</a></sup> and <a href='n.xhtml#f2'><sup>*</sup></a>kept"
         " <a href='#fn3'>[3]</a>, see <a href='#c2'>chapter 2</a>.</p>",
         ["Lit and kept , see chapter 2."]),
        ("<p>Text.</p><div class='footnotes'><ol><li id='f1'>Note.</li></ol></div>", ["Text."]),
        ("<ol><li><p>Open.</p></li><li><p>Wait.</p></li></ol><ol start='5'><li>Close.</li></ol>",
         ["1. Open.", "2. Wait.", "5. Close."]),
        ("<ol reversed=''><li>b</li><li>a</li></ol><ol type='a'><li>x</li></ol>"
         "<ol style='list-style: none'><li>y</li></ol>", ["2. b", "1. a", "A. x", "y"]),
        ("<p><ruby>神聖文字<rt>ヒエログリフ</rt></ruby>を読む。<ruby><rb><img alt='喰'/></rb>"
         "<rt>く</rt></ruby>い殺された。</p>", ["ヒエログリフを読む。くい殺された。"]),
        ("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>と"
         "<ruby>強調<rt>・・</rt></ruby></p>",
         ["かんじと強調"]),
        ("<p><img class='d' src='o.png' alt='O'/>nce there was.</p><p><span>T</span>wice.</p>"
         "<h2><img src='t.png' alt='Chapter Two'/></h2>",
         ["Once there was.", "Twice.", "Chapter Two"]),
        ("<p>One <span epub:type='pagebreak' id='p5'/>two<span class='pagenum'>[Pg 6]</span>.</p>",
         ["One two."]),
        ("<p epub:type='pagebreak' title='557'>And Manon had to wonder.</p>"
         "<h2 role='doc-pagebreak' id='p558'>IV</h2><p>Then<a class='pagenum'>Page 9</a> home.</p>"
         "<p epub:type='pagebreak'>xii</p><div role='doc-pagebreak'><img alt='A map'/></div>",
         ["And Manon had to wonder.", "IV", "Then home.", "A map"]),
        ("Before.<div><img src='i.png' alt='The quay'/></div>After<br/><br/>and later."
         "<div class='p'>In a div.<div>And one within.</div>Rest&nbsp;&mdash; of it.</div>",
         ["Before.", "The quay", "After", "and later.", "In a div.", "And one within.",
          "Rest — of it."]),
        ("<p>Seen.<span hidden=''> Not.</span><span style='display:none'> Nor.</span>"
         "<span aria-hidden='true'> Nor this.</span></p>", ["Seen."]),
        ("<title/><p id='a'/><p>One.<a id='x'/> Two.</p>", ["One. Two."]),
        ("<table><tr><th>Name</th><th>Age</th></tr><tr><td>Tom</td><td>9</td></tr></table>"
         "<table><tr><td><p>A long cell.</p><p>Of two.</p></td></tr></table>",
         ["Name, Age", "Tom, 9", "A long cell.", "Of two."]),
        ("<p>Run:</p><pre><code>x = 1</code></pre><pre>A rose\nis a rose</pre>",
         ["Run:", "A rose", "is a rose"]),
    ],
)  # fmt: skip
def test_what_is_spoken_of_a_page(tmp_path: Path, body: str, texts: list[str]) -> None:
    assert spoken_of(tmp_path, body) == texts


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    body = (
        "<p>Lit.<span class='pagenum'>6</span><img src='a.png'/></p><p hidden=''>Not this.</p>"
        "<aside epub:type='footnote'><p>Folio 12.</p></aside><math>x</math>"
    )
    pages = {"one.xhtml": body, "gone.xhtml": "", "beside.xhtml": "<p>Beside.</p>"}
    extra = '<item id="i" href="plate.png" media-type="image/png"/>'
    package = opf(pages, extra).replace('idref="p2"', 'idref="p2" linear="no"')
    package = package.replace("</spine>", '<itemref idref="i"/></spine>')
    path = book(tmp_path / "b.epub", {k: v for k, v in pages.items() if v}, {}, package)
    script = read(path)
    assert [row.text for row in script.rows] == ["Lit."]
    assert {what.what: what.count for what in script.left_out} == {
        "pages that cannot be found": 1, "pictures without a text": 2, "page numbers": 1,
        "hidden passages": 1, "formulas": 1, "pages beside the text": 1, "notes": 1,
    }  # fmt: skip
    assert script.left_out[-1].examples == ("Folio 12.",)
    (note,) = script.notes
    assert note.startswith("Left out: ")
    assert "1 page that cannot be found" in note
    assert from_json(to_json(script)).left_out == script.left_out


def test_notes_are_spoken_at_the_end_of_their_chapter(tmp_path: Path) -> None:
    pages = {
        "one.xhtml": "<h1>One</h1><p>Lit<a epub:type='noteref' href='notes.xhtml#n1'>1</a>.</p>",
        "two.xhtml": "<h1>Two</h1><p>Home<a epub:type='noteref' href='notes.xhtml#n2'>2</a>.</p>",
        "notes.xhtml": "<section epub:type='endnotes'><h1>Notes</h1><ol><li id='n1'>First."
        "<a role='doc-backlink' href='one.xhtml#r1'>↩</a></li>"
        "<li id='n2'>Second.</li></ol></section>",
    }
    for package in (None, opf(pages).replace('idref="p2"', 'idref="p2" linear="no"')):
        path = book(tmp_path / "b.epub", pages, None, package)
        script = read(path, reading=Reading(notes=True))
        assert [(row.text, row.chapter) for row in script.rows] == [
            ("One", 0), ("Lit.", 0), ("First.", 0), ("Two", 1), ("Home.", 1), ("Second.", 1),
        ]  # fmt: skip
        assert [row.text for row in read(path).rows] == ["One", "Lit.", "Two", "Home."]


def test_anchors_of_the_contents_cut_chapters(tmp_path: Path) -> None:
    body = (
        "<p class='ct' id='a1'>One: The Quay</p><p>Gulls.</p>"
        "<p class='ct' id='a2'>Two: The Rope</p>"
        "<p>The rope.</p><h3 id='a3'>III</h3><p>It rang.</p>"
    )
    points = point("one.xhtml#a1", "One: The Quay") + point("one.xhtml#a2", "Two: The  Rope")
    points += point("one.xhtml#a3", "Three: The Bell")
    package = opf({"one.xhtml": ""}, NCX_ITEM).replace("<spine>", '<spine toc="x">')
    more = {"OEBPS/toc.ncx": ncx(points).encode()}
    script = read(book(tmp_path / "b.epub", {"one.xhtml": body}, more, package))
    assert script.chapters == ("One: The Quay", "Two: The Rope", "Three: The Bell")
    assert [(row.text, row.chapter, row.heading) for row in script.rows] == [
        ("One: The Quay", 0, True), ("Gulls.", 0, False), ("Two: The Rope", 1, True),
        ("The rope.", 1, False), ("III", 2, True), ("It rang.", 2, False),
    ]  # fmt: skip


def test_the_media_type_decides_and_names_may_be_written_otherwise(tmp_path: Path) -> None:
    items = "".join(
        f'<item id="p{i}" href="{name}" media-type="application/xhtml+xml"/>'
        for i, name in enumerate(("c1.xht", "text/c3", "Kapitel%20Zwei.XHTML", "a\\b.xhtml"))
    )
    spine = "".join(f'<itemref idref="p{i}"/>' for i in range(4))
    package = opf({}, items).replace("<spine>", f"<spine>{spine}")
    pages = {"c1.xht": "<p>One.</p>", "text/c3": "<p>Two.</p>",
             "kapitel zwei.xhtml": "<p>Three.</p>",
             "a/b.xhtml": "<p>Four.</p>"}  # fmt: skip
    script = read(book(tmp_path / "b.epub", pages, None, package))
    assert [row.text for row in script.rows] == ["One.", "Two.", "Three.", "Four."]
    assert script.notes == ()


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "latin-1"),
        ('<?xml version="1.0" encoding="shift_jis"?>', "cp932"),
        ('<meta charset="windows-1251"/>', "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=gb2312"/>', "gb18030"),
        ("\ufeff", "utf-16-le"),
        ("\ufeff", "utf-8"),
        ("", "utf-8"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-8"),
    ],
)
def test_the_charset_of_a_page(tmp_path: Path, head: str, encoding: str) -> None:
    texts = {"latin-1": "Où déjà?", "cp1251": "Это было.", "cp932": "灯台①"}
    text = texts.get(encoding, "灯台")
    data = f"{head}<html><body><p>{text}</p></body></html>".encode(encoding)
    path = book(tmp_path / "b.epub", {"one.xhtml": ""}, {"OEBPS/one.xhtml": data})
    assert [row.text for row in read(path).rows] == [text]


ENCRYPTED = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
    'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod '
    'Algorithm="{}"/><enc:CipherData><enc:CipherReference URI="{}"/></enc:CipherData>'
    "</enc:EncryptedData></encryption>"
)
AES = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"


@pytest.mark.parametrize(
    ("method", "what", "refused"),
    [
        (AES, "OEBPS/one.xhtml", True),
        (AES, "OEBPS/fonts/a.otf", False),
        ("http://www.idpf.org/2008/embedding", "OEBPS/one.xhtml", False),
    ],
)
def test_encrypted_pages_are_refused(tmp_path: Path, method: str, what: str, refused: bool) -> None:
    more = {"META-INF/encryption.xml": ENCRYPTED.format(method, what).encode()}
    path = book(tmp_path / "b.epub", PAGES, more)
    if refused:
        with pytest.raises(UserError, match="copy-protected"):
            read(path)
    else:
        assert len(read(path).rows) == 2


def test_notes_that_nothing_calls_so_are_where_marks_lead_to(tmp_path: Path) -> None:
    pages = {
        "a.xhtml": "<h2>One</h2><p>A word<sup><a id='r1' href='#f1'>1</a></sup> and another"
        "<sup><a id='r2' href='b.xhtml#f2'>2</a></sup>.</p><p id='last'>3 men came.</p>"
        "<p><a id='f1' href='#r1'>1</a>. See <i>there</i>.</p>",
        "b.xhtml": "<h2>Notes</h2><ol><li id='f2'>2 Ibid.</li><li>3 Left.</li></ol><p>After.</p>",
    }
    script = read(book(tmp_path / "b.epub", pages))
    spoken = [row.text for row in script.rows]
    assert spoken == [
        "One", "A word and another.", "3 men came.", "Notes", "2. 3 Left.", "After.",
    ]  # fmt: skip
    assert "Left out: 2 notes." in script.notes
    script = read(tmp_path / "b.epub", reading=Reading(notes=True))
    assert [row.text for row in script.rows][3:5] == ["1. See there.", "2 Ibid."]


def test_a_book_of_pictures_is_told_from_one_without_anything(tmp_path: Path) -> None:
    pictures = {"a.xhtml": '<img src="a.png"/>', "b.xhtml": "<p> </p>"}
    with pytest.raises(UserError, match="pictures of pages and no text: have its text recognised"):
        read(book(tmp_path / "b.epub", pictures))
    with pytest.raises(UserError, match="no words to speak"):
        read(book(tmp_path / "c.epub", {"b.xhtml": "<p> </p>"}))


def test_author_and_cover_travel_with_the_script(tmp_path: Path) -> None:
    items = '<item id="c" href="c.jpg" properties="cover-image" media-type="image/jpeg"/>'
    creators = (
        '<dc:creator xmlns:opf="http://www.idpf.org/2007/opf" opf:role="aut">P. Writer</dc:creator>'
        '<dc:creator xmlns:opf="http://www.idpf.org/2007/opf" opf:role="trl">T. Other</dc:creator>'
        "<dc:creator>Q. Second</dc:creator>"
    )
    package = opf(PAGES, items).replace("</metadata>", f"{creators}</metadata>")
    picture = jpeg()
    script = read(book(tmp_path / "b.epub", PAGES, {"OEBPS/c.jpg": picture}, package))
    assert (script.author, script.cover) == ("P. Writer, Q. Second", picture)
    older = package.replace(' properties="cover-image"', "").replace(
        "</metadata>", '<meta name="cover" content="c"/></metadata>'
    )
    script = read(book(tmp_path / "c.epub", PAGES, {"OEBPS/c.jpg": picture}, older))
    assert script.cover == picture
    for other in (b"GIF89a", b"\xff\xd8\xff\xe0 no picture", png() + bytes(MAX_BYTES)):
        script = read(book(tmp_path / "c.epub", PAGES, {"OEBPS/c.jpg": other}, older))
        assert script.cover == b""
        assert "Left out: 1 cover that sound files cannot have." in script.notes


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "pages",
    [
        {"one.xhtml": "<p>" * 5_000_000},
        {"one.xhtml": f"<p {' '.join(f'a{i}=1' for i in range(300_000))}>x</p>"},
    ],
    ids=["paragraphs", "attributes"],
)
def test_a_book_is_bounded_by_counts(tmp_path: Path, pages: dict[str, str]) -> None:
    path = book(tmp_path / "b.epub", pages)
    with pytest.raises(UserError, match="more marks than any book"):
        read(path)


def test_a_manifest_is_bounded(tmp_path: Path) -> None:
    items = "".join(
        f'<item id="q{i}" href="one.xhtml" media-type="text/html"/>' for i in range(30_000)
    )
    with pytest.raises(UserError, match="it is no book"):
        read(book(tmp_path / "b.epub", PAGES, None, opf(PAGES, items)))
