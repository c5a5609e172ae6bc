"""Why the system refused, in words that go on a sentence."""

from __future__ import annotations

import errno

import pytest

from engine.errors import reason_of


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/A"), "no space left on device"),
        (OSError(errno.EIO, "Input/output error"), "input/output error"),
        (OSError("I/O error: No space left"), "i/o error: no space left"),
        (ValueError("embedded null byte"), "embedded null byte"),
        (MemoryError(), "there is not enough memory"),
        (OSError(), "it gives no reason"),
    ],
)
def test_why_in_a_sentence(error: BaseException, words: str) -> None:
    assert reason_of(error) == words
