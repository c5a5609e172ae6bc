"""Words as they are compared: lower case, no punctuation, numbers as the voice reads them."""

from __future__ import annotations

import re

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def plain(text: str) -> str:
    """ "It's 42." → "it's four two"."""
    text = text.lower().replace("’", "'")
    text = re.sub(r"\d", lambda found: f" {DIGITS[int(found[0])]} ", text)
    return " ".join(re.sub(r"[^a-z' ]", " ", text).split())
