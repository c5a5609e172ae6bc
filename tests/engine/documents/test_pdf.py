"""PDF: columns, hyphens, running heads and page numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.documents.read import read
from engine.errors import UserError

Words = tuple[int, int, int, str]  # x, y, size in points, text


def write(path: Path, *pages: list[Words]) -> Path:
    """A PDF with words at these places, from the lower left corner."""
    font = 3 + 2 * len(pages)
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
    ]
    for number, words in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {4 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 {font} 0 R >> >> >>".encode()
        )
        stream = "\n".join(
            f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET" for x, y, size, text in words
        ).encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    root = b"trailer\n<< /Root 1 0 R /Size %d >>\n" % (len(objects) + 1)
    path.write_bytes(data + root + b"startxref\n%d\n%%%%EOF\n" % data.index(b"xref\n0"))
    return path


def rows(path: Path) -> list[tuple[str, bool]]:
    return [(row.text, row.heading) for row in read(path).rows]


def paragraph(x: int, y: int, *lines: str) -> list[Words]:
    return [(x, y - 14 * number, 11, line) for number, line in enumerate(lines)]


def test_paragraphs_headings_and_words_that_were_cut(tmp_path: Path) -> None:
    page = [
        (72, 720, 20, "The Quay"),
        *paragraph(72, 690, "The lamp was lit early that even-", "ing, and the boats came home to",
                   "the western shore. It was late."),
        *paragraph(72, 630, "Nobody knew who had cut the rope", "that morning."),
    ]  # fmt: skip
    assert rows(write(tmp_path / "p.pdf", page)) == [
        ("The Quay", True),
        ("The lamp was lit early that evening, and the boats came home to the western shore. It "
         "was late.", False),
        ("Nobody knew who had cut the rope that morning.", False),
    ]  # fmt: skip


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"left line {number} of the page" for number in range(6)]
    right = [f"right line {number} of the page" for number in range(6)]
    page: list[Words] = [(72, 720, 11, "A line over the whole page that goes from here to there.")]
    for number in range(6):  # as a scanner writes it: from line to line
        page.append((72, 690 - 14 * number, 11, left[number]))
        page.append((330, 690 - 14 * number, 11, right[number]))
    text = " ".join(text for text, _ in rows(write(tmp_path / "p.pdf", page)))
    assert text.endswith(" ".join((*left, *right)))


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    pages = [
        [
            (72, 760, 9, "A SMALL BOOK"),
            (300, 30, 9, f"- {number} -"),
            *paragraph(
                72, 700, f"This is text {number} of the book, and it", "goes on to the next"
            ),
        ]
        for number in range(4)
    ]
    path = write(tmp_path / "p.pdf", *pages)
    script = read(path)
    (row,) = script.rows  # no sentence ends at the end of a page
    assert "SMALL" not in row.text
    assert row.text.startswith(
        "This is text 0 of the book, and it goes on to the next This is text 1"
    )
    assert {what.what: what.count for what in script.left_out} == {
        "page heads and feet": 4, "page numbers": 4,
    }  # fmt: skip


def test_a_scan_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"p\.pdf holds pictures of pages and no text"):
        read(write(tmp_path / "p.pdf", [], []))


def test_pages_without_text_are_counted(tmp_path: Path) -> None:
    script = read(write(tmp_path / "p.pdf", paragraph(72, 700, "Some words."), []))
    assert script.notes == ("Left out: 1 page without text.",)
