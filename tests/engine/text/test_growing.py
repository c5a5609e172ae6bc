"""A text that grows token by token is the text of all tokens, whatever its decoder does."""

from __future__ import annotations

import random
from typing import Any

import pytest
import tokenizers
from tokenizers import decoders

from engine.text.growing import Growing
from engine.text.tokenizer import Tokenizer
from engine.text.writer import Writer
from tests.engine.text.tiny import END, make_tokenizer

PLAIN = ("a", "▁a", "▁", "b.", "é", "▁日本", "\N{REPLACEMENT CHARACTER}", "##c", "d</w>", "▁▁")
LLAMA = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
LOCAL = {
    "bytes": decoders.ByteLevel(),
    "llama": decoders.Sequence([*LLAMA, decoders.Strip(" ", 1, 0)]),
    "unstripped": decoders.Sequence(LLAMA),
    "metaspace": decoders.Metaspace(),
    "nothing": None,
}
OTHERS = {
    "strip": decoders.Sequence([*LLAMA, decoders.Strip(" ", 2, 1)]),
    "words": decoders.BPEDecoder(),
    "pieces": decoders.WordPiece(),
}


def tokenizer_of(decoder: Any) -> Tokenizer:
    """Words, single bytes, and two special tokens."""
    vocabulary = {piece: number for number, piece in enumerate([*PLAIN, *BYTES])}
    core = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="a"))
    core.decoder = decoder
    core.add_special_tokens(["<end>", "<turn>"])
    return Tokenizer(core=core, ends=())


def draw(chance: random.Random, count: int) -> list[int]:
    """Tokens of all kinds, among them whole characters, and bits of some, in bytes."""
    tokens: list[int] = []
    first, special = len(PLAIN), len(PLAIN) + 256
    while len(tokens) < count:
        whole = [first + byte for byte in chance.choice("é日€😀").encode()]
        kinds = (
            [chance.randrange(len(PLAIN))],
            whole,
            whole[: chance.randrange(1, len(whole))],
            [chance.randrange(first, special)],
            [special + chance.randrange(2)],
        )
        tokens += chance.choices(kinds, (12, 3, 1, 1, 1))[0]
    return tokens


@pytest.mark.parametrize("name", [*LOCAL, *OTHERS])
def test_it_is_what_all_tokens_decode_to(name: str) -> None:
    tokenizer = tokenizer_of((LOCAL | OTHERS)[name])
    if name == "bytes":
        tokenizer = Tokenizer(core=make_tokenizer(), ends=())
    assert tokenizer.local == (name in LOCAL)
    chance = random.Random(1)
    for _ in range(6):
        if name == "bytes":
            text = "".join(chance.choices("ath é日€😀\N{REPLACEMENT CHARACTER}", k=90))
            tokens = [token for token in tokenizer.encode(text) if chance.random() > 0.05]
        else:
            tokens = draw(chance, 180)
        before, tokens = tokens[:4], tokens[4:]
        growing, skip = Growing(tokenizer, before), len(tokenizer.decode(before))
        for count, token in enumerate(tokens, start=1):
            growing.add(token)
            expected = tokenizer.decode(before + tokens[:count])[skip:]
            assert growing.text == expected
            assert growing.since(len(expected) // 2) == expected[len(expected) // 2 :]
        assert (growing.settled > 0) == (name in LOCAL)


def test_what_is_settled_is_decoded_no_more() -> None:
    tokenizer = Tokenizer(core=make_tokenizer(), ends=())
    decoded: list[int] = []

    class Counting(Tokenizer):
        def decode(self, tokens: Any) -> str:
            decoded.append(len(tokens))
            return super().decode(tokens)

    writer = Writer(Counting(core=tokenizer.core, ends=()), [], longest=2000, stop=("zz",))
    text = "Once upon a time there was a keeper. " * 40
    assert "".join(writer.write([token]) for token in tokenizer.encode(text)) == text
    assert max(decoded) < 50


@pytest.mark.parametrize("stop", [(), ("a b", "zz"), ("a" * 60,)])
def test_what_is_shown_is_never_taken_back(stop: tuple[str, ...]) -> None:
    """However many tokens come at once: the pieces together are the text, and no stop string."""
    tokenizer, chance = tokenizer_of(LOCAL["llama"]), random.Random(2)
    for _ in range(20):
        tokens, pieces = draw(chance, 150), ""
        writer = Writer(tokenizer, tokens[:4], longest=len(tokens) - 4, stop=stop)
        at = 4
        while not writer.ending:
            count = chance.randrange(1, 6)
            pieces += writer.write(tokens[at : at + count])
            at += count
            assert not any(each in pieces for each in stop)
        whole = tokenizer.decode(tokens)[len(tokenizer.decode(tokens[:4])) :]
        places = [whole.find(each) for each in stop if each in whole]
        assert pieces == writer.text == whole[: min(places, default=None)]


def test_a_stop_string_is_found_across_what_is_settled() -> None:
    tokenizer = Tokenizer(core=make_tokenizer(), ends=(END,))
    text = "x" * 100 + "0123456789" * 9
    for length in range(1, 80, 7):
        stop = text[100 : 100 + length] + "!"
        writer = Writer(tokenizer, [], longest=999, stop=(stop,))
        pieces = "".join(writer.write([token]) for token in tokenizer.encode(text[:180] + stop))
        assert (pieces, writer.ending) == (text[:180], "stop")
