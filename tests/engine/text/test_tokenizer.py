"""Text while it is written: half characters, stop strings across tokens, chat templates."""

from __future__ import annotations

import pytest

from engine.errors import UserError
from engine.text.tokenizer import Tokenizer
from engine.text.writer import Writer
from tests.engine.text.tiny import END, make_tokenizer


def writer(*stop: str, longest: int = 100, prompt: str = "p") -> tuple[Writer, Tokenizer]:
    tokenizer = Tokenizer(core=make_tokenizer(), ends=(END,))
    prompt_tokens = tokenizer.encode(prompt)
    return Writer(tokenizer, prompt_tokens, longest=longest, stop=stop, ends=(END,)), tokenizer


def pieces(text: str, *stop: str) -> tuple[list[str], Writer]:
    """The text written one byte a call; what was shown at each."""
    one, tokenizer = writer(*stop)
    shown = []
    for token in tokenizer.encode(text):
        if one.ending:
            break
        shown.append(one.write([token]))
    return shown, one


def test_half_a_character_is_held_back() -> None:
    shown, one = pieces("aé€😀b")
    assert shown == ["a", "", "é", "", "", "€", "", "", "", "😀", "b"]
    assert one.text == "aé€😀b"


def test_a_stop_string_across_tokens_never_shows() -> None:
    shown, one = pieces("one\nUser: two", "\nUser:")
    assert "".join(shown) == one.text == "one"
    assert one.ending == "stop"


def test_what_only_began_like_a_stop_string_shows_in_the_end() -> None:
    shown, one = pieces("aab", "aac")
    assert shown == ["", "", "aab"]
    assert one.ending == ""


def test_the_first_stop_string_counts() -> None:
    one, tokenizer = writer("cd", "b")
    assert one.write(tokenizer.encode("abcd")) == "a"
    assert (one.text, one.ending) == ("a", "stop")


def test_nothing_after_the_end_token() -> None:
    one, tokenizer = writer()
    assert one.write([*tokenizer.encode("ab"), END, *tokenizer.encode("cd")]) == "ab"
    assert (one.ending, one.length, len(one.tokens)) == ("end", 3, 2)


def test_the_longest_text_ends_with_its_last_token() -> None:
    one, tokenizer = writer(longest=2)
    assert one.write(tokenizer.encode("abcd")) == "ab"
    assert one.ending == "length"


def test_a_prompt_that_ends_inside_a_character_does_not_eat_text() -> None:
    tokenizer = Tokenizer(core=make_tokenizer(), ends=())
    euro = tokenizer.encode("€")
    one = Writer(tokenizer, euro[:1], longest=9)
    assert one.write([*euro[1:], *tokenizer.encode("x")]).endswith("x")


def chat(template: str) -> Tokenizer:
    return Tokenizer(core=make_tokenizer(), ends=(END,), chat_template=template)


def test_the_chat_template_wraps_the_prompt_unless_told_not_to() -> None:
    tokenizer = chat(
        "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}[assistant] {% endif %}"
    )
    assert tokenizer.decode(tokenizer.encode("hi")) == "[user] hi\n[assistant] "
    assert tokenizer.decode(tokenizer.encode("hi", chat=False)) == "hi"
    said = (("system", "be brief"), ("user", "1"), ("assistant", "2"))
    assert tokenizer.decode(tokenizer.encode("3", history=said)) == (
        "[system] be brief\n[user] 1\n[assistant] 2\n[user] 3\n[assistant] "
    )
    with pytest.raises(UserError, match="no chat template"):
        Tokenizer(core=make_tokenizer(), ends=()).encode("3", history=said)


def test_a_chat_without_a_template_is_refused() -> None:
    with pytest.raises(UserError, match="no chat template"):
        Tokenizer(core=make_tokenizer(), ends=()).encode("hi", chat=True)
