"""A JSON schema that a stranger may have written: bounded, and known to be JSON, before a model
follows it."""

from __future__ import annotations

import json
from pathlib import Path

from engine.errors import UserError
from engine.system.outside import read_outside
from engine.system.untrusted_json import name_of, parse

MOST = 2**20  # bytes


def read_schema(path: Path) -> str:
    """The text of a file with a schema, in any encoding that JSON may have. Raises UserError."""
    try:
        data = read_outside(path, MOST)
    except OSError as error:
        raise UserError(f"cannot read {path} ({error.strerror}): choose another file") from error
    try:
        text = data.decode(json.detect_encoding(data))
        value = parse(text.encode())
    except ValueError as error:
        raise UserError(f"{path.name} is no JSON schema: {error}") from error
    if not isinstance(value, dict | bool):
        raise UserError(f"{path.name} is no JSON schema: it holds {name_of(value)}, not an object")
    return text
