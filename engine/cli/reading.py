"""Options that say how a document is to be read, where its reader would have to guess."""

from __future__ import annotations

import argparse

from engine.cli.options import Parser
from engine.documents.reading import Reading
from engine.errors import UserError


def add_reading(parser: Parser) -> None:
    """Give the parser these options."""
    group = parser.add_argument_group("how it is read")
    group.add_argument(
        "--notes", action="store_true", help="speak footnotes and endnotes, at the chapter's end"
    )
    group.add_argument(
        "--no-speakers",
        action="store_false",
        dest="speakers",
        help="names before a colon are text, not who speaks",
    )
    group.add_argument(
        "--encoding", metavar="NAME", help="of texts, such as cp932 (default: found)"
    )
    group.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help="a column of a table, by its name or number, such as text=Dialogue; several times",
    )


def reading_from(args: argparse.Namespace) -> Reading:
    """Raises UserError for a column that is none."""
    columns = {}
    for pair in args.column:
        field, equals, name = pair.partition("=")
        if not (equals and field.strip() and name.strip()):
            raise UserError(f"--column is FIELD=NAME, not {pair!r}")
        columns[field.strip().lower()] = name.strip()
    return Reading(
        notes=args.notes, speakers=args.speakers, encoding=args.encoding, columns=columns
    )
