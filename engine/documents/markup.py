"""Marks of game engines and editors in a line of dialogue: taken out, so that nobody says them."""

from __future__ import annotations

import html
import re

_SOUNDS = (
    "laugh|chuckl|giggl|sigh|gasp|cough|sneez|sniff|sob|cry|cries|crying|groan|moan|yawn|scream|"
    "shout|whisper|sing|hum|whistl|breath|exhal|inhal|clear|throat|music|applaus|clap|silence|"
    "pause|voice|man|woman|boy|girl|noise|beep"
)
_MARKS = re.compile(
    r"<<[^<>\n]{1,200}>>"  # Yarn: commands
    r"|</?[A-Za-z][\w-]{0,30}(?:[ =][^<>\n]{0,200})?/?>"  # Unity, Unreal, HTML
    r"|\{\{[^{}\n]{1,100}\}\}|\{/?[\w$#.:!-]{1,60}(?:=[^{}\n]{0,100})?\}"  # Ren'Py, variables
    r"|\[/?(?:b|i|u|s|color|colour|wave|shake|rainbow|tornado|pulse|fade|url|img|font|font_size|"
    r"center|left|right|fill|p|br|code|bgcolor|fgcolor|hint|indent|speed|wait|next|ruby|rb|size)"
    r"(?:[= ][^\[\]\n]{0,100})?\]"  # Godot
    rf"|\[(?!(?:{_SOUNDS})[\w]{{0,12}}\])[A-Za-z_$][\w.$]{{0,60}}(?:![a-z]{{1,3}})?\]"  # [player]
    r"|(?<![\w%])%(?:[A-Za-z_]\w{1,40}%|\d?\$?[sdf](?![A-Za-z]))"
)
_ESCAPES = re.compile(r"\\([nrt\"'\\])")
_LEFT_ALONE = re.compile(r"^[,;:]\s*|,\s*(?=[,.!?])", re.M)
_SPACE_BEFORE = re.compile(r"[^\S\n]+(?=[,.!?;:…])")


def without_marks(text: str) -> tuple[str, list[str]]:
    """The words of a line, and the marks that stood in it. Sound tags such as [laughs] stay."""
    found: list[str] = []

    def take(mark: re.Match[str]) -> str:
        found.append(mark[0])
        return ""

    if not any(letter in text for letter in "<{[%\\&"):
        return text, found
    words = _MARKS.sub(take, text)
    words = _ESCAPES.sub(_escape, words)
    words = html.unescape(words) if "&" in words else words
    if words == text:
        return text, found
    words = "\n".join(" ".join(line.split()) for line in words.split("\n"))
    if found:  # a name that was a mark leaves ", ." behind
        words = _LEFT_ALONE.sub("", _SPACE_BEFORE.sub("", words))
    return words.strip(), found


def _escape(found: re.Match[str]) -> str:
    return {"n": "\n", "r": "\n", "t": " "}.get(found[1], found[1])
