"""What no office program has written: hostile files end in one sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from engine.documents.read import read
from engine.errors import UserError


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("suffix", [".docx", ".odt", ".fb2", ".rtf", ".pdf"])
@pytest.mark.parametrize(
    "data",
    [
        b"no such thing",
        b"PK\x03\x04 cut off",
        zipped(x=b"y"),
        zipped(**{"content.xml": b"<a>" * 4_000_000, "META-INF/manifest.xml": b"<m/>"}),
        b"<a>" * 4_000_000,
        b"{\\rtf1 " + b"{" * 200_000,
        b"{\\rtf1 " + b"{\\fonttbl{\\f0 " * 20_000,
        b"{\\rtf1 " + b'{\\field{\\*\\fldinst{HYPERLINK "x' * 20_000,
        b"%PDF-1.4\n" + b"1 0 obj\n" * 10_000,
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]><x>&a;&b;</x>',
    ],
    ids=["text", "cut", "zip", "bomb", "marks", "braces", "fonts", "links", "pdf", "entities"],
)
def test_hostile_files_are_a_sentence(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"d{suffix}"
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"^d\.") as caught:
        read(path)
    assert "\n" not in str(caught.value)
