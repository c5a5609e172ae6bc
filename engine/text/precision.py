"""What a model is computed with: float32 by XLA, or blocks of few bits by the step in C."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import NamedTuple

from engine.api import BeamSearch, TextRequest
from engine.errors import UserError
from engine.text.checkpoint.source import Source

_PLAIN = {"F32", "F16", "BF16", "F64"}  # as GGUF and safetensors name them


class Choice(NamedTuple):
    """native: by the step in C. precision: the numbers of the products, for the user. note: a
    sentence where it is not what was asked for, or not what is usual."""

    native: bool
    precision: str
    note: str = ""


def choose(source: Source, precision: str, device: str, request: TextRequest) -> Choice:
    """What a request is computed with.

    precision: "auto" is a file's own where its weights lie in blocks, and float32 elsewhere.
    Raises UserError where that precision cannot be had.
    """
    if request.schema:
        return _by_schema(source, precision, device, request)
    blocks = sorted(source.kinds - _PLAIN) if source.place.is_file() else []
    if precision == "float32" or (precision == "auto" and not blocks):
        return Choice(False, "float32")
    own = precision == "auto"
    name = " + ".join(blocks) if own else "int8"
    if not own and blocks and not source.kinds & _PLAIN:
        raise UserError(
            f"the weights of {source.place.name} lie in blocks already ({' + '.join(blocks)}), "
            "which is its precision: leave --precision out, or choose float32"
        )
    why = _why_not(source, device, request, plain=not own)
    if why and not own:
        raise UserError(f"int8 cannot be had: {why}; choose float32")
    if why:
        return Choice(False, "float32", f"computed in float32, not in the file's own {name}: {why}")
    from engine.text.native import library

    return Choice(True, name, library.find().note)


def _by_schema(source: Source, precision: str, device: str, request: TextRequest) -> Choice:
    """The step in C, which asks for each token what may come; XLA writes many in one call."""
    choice = choose(source, precision, device, dataclasses.replace(request, schema=""))
    if choice.native:
        return choice
    _, _, why = choice.note.partition(": ")
    way = f"{why}; leave the schema out" if why else "choose --precision int8 or a GGUF file"
    raise UserError(f"JSON by a schema is written by the step in C alone: {way}")


def others(source: Source) -> list[tuple[str, str]]:
    """What a model may be computed with beside float32: precisions with numbers of keys and values.
    Whether this machine can do it is seen by `choose`."""
    own = source.place.is_file() and bool(source.kinds - _PLAIN)
    return [("auto" if own else "int8", key_values) for key_values in ("float16", "int8")]


def _why_not(source: Source, device: str, request: TextRequest, *, plain: bool) -> str:
    if device == "cuda" or (device == "auto" and Path("/dev/nvidiactl").exists()):
        return "graphics cards do without"
    if isinstance(request.search, BeamSearch):
        return "beam search does without"
    from engine.text.native import library, weights

    found = library.find()
    return found.note if found.library is None else weights.why_not(source, plain=plain)
