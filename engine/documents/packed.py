"""Documents that are ZIP archives of XML (DOCX, ODT): opened within bounds."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from engine.errors import UserError

MAX_MEMBERS = 20_000
MAX_XML_BYTES = 128 * 2**20  # unpacked
MAX_MARKS = 3_000_000  # of one part: office programs write a dozen for each run of letters


def check(data: bytes, name: str, kind: str) -> dict[str, int]:
    """The size of every member. Raises UserError for what is no such archive, or too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError) as error:
        raise UserError(f"{name} is no {kind}: it cannot be unpacked") from error
    xml = sum(m.file_size for m in members if m.filename.lower().endswith((".xml", ".rels")))
    total = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or xml > MAX_XML_BYTES or total > 4 * 2**30:
        raise UserError(f"{name} unpacks to far more than a text has: it is not read")
    return {member.filename: member.file_size for member in members}


def tree(data: bytes, name: str) -> Any:
    """The tree of XML. Nothing is fetched, no entity unfolded. Raises UserError for one that would
    take too much memory."""
    from lxml import etree

    if data.count(b"<") > MAX_MARKS or any(tag.count(b"=") > 1000 for tag in data.split(b"<")):
        raise UserError(f"{name} has more marks than any book: it is not read")
    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True)
    return etree.fromstring(data, parser)


def broken(name: str, kind: str, error: BaseException) -> UserError:
    """The sentence for whatever a broken file makes of a parser."""
    return UserError(
        f"{name} is no {kind} that can be read ({type(error).__name__}): open it where it was "
        "written and save it again"
    )
