"""Weaknesses that are put into the program on purpose, a check removed at a time: a generator that
does not find each of them is no judge."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any


@dataclass(frozen=True)
class Plant:
    """plant: removes a check in this process, for good. of: the kind of case that has to find it.
    finds: how the fault begins that it makes."""

    plant: Callable[[], None]
    of: str
    finds: tuple[str, ...] = ("traceback", "hangs", "memory", "died")


def _becomes(old: Any, new: Callable[..., Any]) -> None:
    """Another body under every name by which a function was imported."""
    assert isinstance(old, FunctionType)
    assert isinstance(new, FunctionType)
    assert len(new.__code__.co_freevars) == len(old.__code__.co_freevars) == 0
    old.__code__, old.__defaults__, old.__kwdefaults__ = (
        new.__code__, new.__defaults__, new.__kwdefaults__
    )  # fmt: skip


def _any_file_is_opened() -> None:
    from engine.system import outside

    outside._FLAGS = os.O_RDONLY
    _becomes(outside._look, lambda path, status, most: None)


def _files_are_read_whole() -> None:
    from engine.system import outside

    def read_outside(path: Any, most: int) -> bytes:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()

    _becomes(outside.read_outside, read_outside)


def _json_has_no_depth() -> None:
    from engine.system import untrusted_json

    def parse(data: bytes, *, most: int = 0, infinity: bool = False) -> Any:
        return json.loads(data.decode("utf-8"))  # noqa: F821  of that module

    _becomes(untrusted_json.parse, parse)


def _json_has_no_types() -> None:
    from engine.system import untrusted_json

    _becomes(untrusted_json.checked_as, lambda kind, value, infinity=False: value)


def _arrays_may_be_pickles() -> None:
    from engine.system import arrays

    def read_npy(file: Any, most: int, name: str) -> Any:
        return np.lib.format.read_array(file, allow_pickle=True)  # noqa: F821

    _becomes(arrays.read_npy, read_npy)


def _weights_may_be_pickles() -> None:
    import torch

    load = torch.load
    torch.load = lambda *args, **options: load(*args, **{**options, "weights_only": False})


def _speech_models_have_any_size() -> None:
    from engine.bark import config

    _becomes(config._check_sizes, lambda config: None)


def _gguf_declares_any_count() -> None:
    from engine.text.checkpoint import gguf_counts

    _becomes(gguf_counts.check_counts, lambda path: None)


def _links_in_projects_are_followed() -> None:
    from engine.system import inner_files

    inner_files._NO_LINK = 0
    _becomes(inner_files._is_link, lambda status: False)


def _panics_pass() -> None:
    from engine.system import panics

    def panics_as_errors() -> Any:
        yield

    _becomes(panics.panics_as_errors.__wrapped__, panics_as_errors)


def _patterns_take_their_time() -> None:
    from engine.script import pronunciation

    pronunciation.SECONDS = 1e9


def _archives_unpack_to_anything() -> None:
    from engine.documents import epub, packed

    packed.MAX_XML_BYTES = packed.MAX_MARKS = 2**62
    epub.MAX_UNPACKED = 2**62


def _templates_are_programs() -> None:
    from engine.text.chat_template import ChatTemplate

    def render(self: Any, messages: Any, names: Any) -> str:
        import jinja2

        template = jinja2.Environment().from_string(self._source)
        return template.render(messages=messages, add_generation_prompt=True, **names)

    _becomes(ChatTemplate.render, render)


def _templates_take_their_time() -> None:
    from engine.text import chat_template

    chat_template.SECONDS = 1e6


_STARTS = ("code", "outside")
PLANTS = {
    "any file is opened": Plant(_any_file_is_opened, "state"),
    "files are read whole": Plant(_files_are_read_whole, "state"),
    "JSON has no depth": Plant(_json_has_no_depth, "bark"),
    "JSON has no types": Plant(_json_has_no_types, "bark"),
    "arrays may be pickles": Plant(_arrays_may_be_pickles, "voice", _STARTS),
    "weights may be pickles": Plant(_weights_may_be_pickles, "bark-bin", _STARTS),
    "speech models have any size": Plant(_speech_models_have_any_size, "bark"),
    "GGUF declares any count": Plant(_gguf_declares_any_count, "gguf"),
    "links in projects are followed": Plant(_links_in_projects_are_followed, "project", _STARTS),
    "panics pass": Plant(_panics_pass, "bark"),
    "patterns take their time": Plant(_patterns_take_their_time, "rules"),
    "archives unpack to anything": Plant(_archives_unpack_to_anything, "document"),
    "templates are programs": Plant(_templates_are_programs, "text", _STARTS),
    "templates take their time": Plant(_templates_take_their_time, "text", ("hangs",)),
}
