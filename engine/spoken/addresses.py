"""Addresses of the web as people say them: the place and its words, without what only machines
need."""

from __future__ import annotations

import re

_ENDS = "com|org|net|edu|gov|io|ai|dev|app|info|co|uk|de|fr|eu|jp|tv"
_PATH = r"(?:[\w./?&=#%~:;,@!$*+-]|\(\w{0,60}\)){0,2000}(?<=[\w/)])"
# Every repeat has a bound: from each letter of a long word the search begins anew.
WEB = re.compile(
    rf"\b(?:(?i:https?|ftp)://|(?i:www)\.)(?P<full>(?:[\w-]{{1,63}}\.){{0,8}}[\w-]{{1,63}}"
    rf"(?::\d{{1,5}})?(?:[/?#]{_PATH}|/)?)|"
    rf"(?<![\w.@-])(?P<bare>(?:[a-z0-9-]{{1,63}}\.){{0,4}}(?=[\d-]{{0,62}}[a-z])"
    rf"[a-z0-9-]{{1,63}}\.(?:{_ENDS})(?:/{_PATH}|/)?)(?![\w@-]|\.\w)"
)
_WORDS = re.compile(r"[^\W\d_]+(?:[-_. ][^\W\d_]+)*|\d{1,4}(?:-\d{1,2})*")
_PAGE = re.compile(r"(?:^index)?\.(?:html?|php|aspx?)$")
_MOST_PARTS = 3  # of a path
_LONGEST = 30  # letters of a part


def short_address(found: re.Match[str]) -> str:
    """What is said of an address that WEB found: the place, less "https://" and "www.", and what
    follows as far as it is words; no port, no question, no code."""
    whole = found["full"] or found["bare"]
    place, *path = re.split(r"[?#]", whole, maxsplit=1)[0].rstrip("/").split("/")
    place = re.sub(r"^www\.(?=.*\.)|:\d+$", "", place.lower())
    said = [place]
    for part in path[:_MOST_PARTS]:
        words = _PAGE.sub("", part)
        if words.count("-") > 1 and not words[0].isdigit():
            words = words.replace("-", " ")  # a title
        if not words and part:  # index.html is the place itself
            continue
        if len(words) > _LONGEST or not _WORDS.fullmatch(words):
            break
        said.append(words)
    return "/".join(said)
