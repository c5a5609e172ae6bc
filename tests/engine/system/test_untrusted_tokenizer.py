"""Tables in tokenizer.json, before the library takes memory for them."""

from __future__ import annotations

import base64
import json

import pytest
from tokenizers import Tokenizer, models, normalizers

from engine.system.untrusted_tokenizer import tokenizer_from


def described(**changes: object) -> bytes:
    core = Tokenizer(models.WordLevel({"[UNK]": 0, "é": 1, "\\u0041": 2}, unk_token="[UNK]"))
    core.normalizer = normalizers.NFC()
    return json.dumps({**json.loads(core.to_str()), **changes}).encode()


def table(size: int, held: int) -> dict[str, str]:
    data = base64.b64encode(size.to_bytes(4, "little") + bytes(held)).decode()
    return {"type": "Precompiled", "precompiled_charsmap": data}


def test_a_sound_one_is_read() -> None:
    assert tokenizer_from(described()).encode("é").ids == [1]
    assert tokenizer_from(described(normalizer=table(8, 8))).get_vocab_size() == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (described(normalizer=table(0xFF000000, 8)), "longer than it is"),
        (described(normalizer=table(0, 0)).replace(b"AAAAAA==", b"AA=="), "longer than it is"),
        (described(normalizer=table(8, 8) | {"precompiled_charsmap": 7}), "is none"),
        (
            described(normalizer=table(0xFF000000, 8)).replace(
                b"precompiled", b"pre\\u0063ompiled"
            ),
            "letters as numbers",
        ),
        (b"{", "line 1"),
    ],
)
def test_others_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tokenizer_from(data)
