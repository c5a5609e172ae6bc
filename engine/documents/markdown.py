"""Markdown into blocks: markdown-it-py makes a page of it, which is read as every page is."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from engine.documents import page
from engine.documents.blocks import script_of
from engine.documents.left_out import Omissions
from engine.documents.reading import USUAL, Reading
from engine.script.rows import Script

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_DEEPEST = 40  # quotes and lists in each other; what lies deeper would be left out
_MOST_LINKS = 400  # of one paragraph
_DEEP = re.compile(r"^(?:[ \t]{0,3}(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]?){20,}", re.M)
_WIKI = re.compile(r"!?\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
_ALERT = re.compile(r"^([ \t>]{0,20})\[!(\w{1,20})\][+-]?[ \t]*", re.M)
_MARKED = re.compile(r"==(?=\S)([^=\n]{1,500}?)(?<=\S)==")
_TOML = re.compile(r"\+\+\+\n(?:(?!\+\+\+)[^\n]{0,1000}\n){0,100}\+\+\+\n")
_TIMES = re.compile(r"(?<=\d)\*(?=\d)")
_ATTRIBUTES = re.compile(r"\s?\{:?\s?[#.][\w-][^{}\n]{0,200}\}")
_NOTE_MARK = re.compile(r"\[\^[^\[\]\s]{1,50}\]")  # of a note that is not there
_CJK = r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
# CommonMark sees no end of emphasis between 」 and a letter, where there are no spaces.
_LEFT_OVER = re.compile(rf"(?<={_CJK})\*{{2,3}}|\*{{2,3}}(?={_CJK})")


def read_markdown(text: str, title: str, reading: Reading = USUAL) -> Script:
    """Markdown as CommonMark reads it, with tables, footnotes, definitions and admonitions; code
    and settings at the head are left out."""
    omitted = Omissions()
    html = _parser().render(_plain_words(text))
    root = page.parse(f"<div>{_LEFT_OVER.sub('', html)}</div>", title)
    return script_of(page.blocks_of(root, omitted, lines=True), title, omitted, reading)


def _plain_words(text: str) -> str:
    """The text without what is no CommonMark, its lines as they were."""
    if head := _TOML.match(text):
        text = "\n" * head[0].count("\n") + text[head.end() :]
    if text.rfind("<!--") > text.rfind("-->"):  # a comment that never ends would hide all the rest
        at = text.rfind("<!--")
        text = f"{text[:at]}\\{text[at:]}"
    text = "\n\n".join(map(_bounded, text.split("\n\n")))
    text = _TIMES.sub(r"\\*", _DEEP.sub("> ", text))
    text = _ALERT.sub(r"\1", text)
    return _WIKI.sub(lambda link: link[2] or link[1].partition("#")[0] or link[1], text)


def _bounded(paragraph: str) -> str:
    """A paragraph in which no search for the end of a link takes for ever: each [ looks through all
    that follows."""
    many = paragraph.count("[") > _MOST_LINKS or paragraph.count("<") > _MOST_LINKS * 5
    return paragraph.replace("[", "\\[").replace("<", "\\<") if many else paragraph


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
    from mdit_py_plugins.container import container_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin
    from mdit_py_plugins.tasklists import tasklists_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST * 3})
    parser.enable(["table", "strikethrough"])
    parser.use(attrs_plugin, spans=True)
    for plugin in (
        admon_plugin, attrs_block_plugin, deflist_plugin, footnote_plugin, front_matter_plugin,
        tasklists_plugin,
    ):  # fmt: skip
        parser.use(plugin)
    for name in ("note", "tip", "warning", "danger", "info", "caution", "important", "details"):
        parser.use(container_plugin, name)
    parser.core.ruler.push("lines", _mark)
    return parser


def _mark(state: Any) -> None:
    """Say where each block begins, and which links are addresses and nothing else."""
    for token in state.tokens:
        if token.map and token.nesting >= 0 and token.type != "inline":
            token.attrSet("data-line", str(token.map[0] + 1))
        for inner in token.children or ():
            if inner.type == "link_open" and inner.markup == "autolink":
                inner.attrSet("data-address", "1")
            elif inner.type == "text":
                words = _NOTE_MARK.sub("", _MARKED.sub(r"\1", inner.content))
                inner.content = _ATTRIBUTES.sub("", words)
        if token.type == "html_block" and token.map:
            token.content = f'<i data-line="{token.map[0] + 1}"></i>{token.content}'
