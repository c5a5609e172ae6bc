"""The engine's sentences are found again by their words, with what was filled in."""

from __future__ import annotations

import pytest

from engine.script.quality import Measures, judge
from gui.widgets import sentences
from gui.widgets.sentences import ended, sentence, translated
from tests.conftest import ROOT


@pytest.mark.usefixtures("japanese")
def test_what_was_filled_in_is_kept() -> None:
    english = "suno/bark-small is damaged (a.bin, b: c): remove it and download it again"
    assert translated(english).startswith("suno/bark-small は破損しています (a.bin, b: c)")
    path = "/tmp/{0} is cut off"  # a name that looks like a template
    assert translated(f"{path} is no NumPy array") == f"{path} は NumPy 配列ではありません"


@pytest.mark.usefixtures("japanese")
def test_the_most_words_win() -> None:
    """\"{0} is damaged: get the model again\" would fit as well."""
    english = "the tokenizer in /m is damaged: get the model again"
    assert translated(english).startswith("/m のトークナイザー")


@pytest.mark.usefixtures("japanese")
def test_what_no_engine_said_stays_as_it_is() -> None:
    for words in ("", "日本語の文です。", "Something else entirely."):
        assert translated(words) == words


@pytest.mark.usefixtures("japanese")
def test_every_reason_of_a_verdict_is_found() -> None:
    bad = Measures(seconds=60, ended=False, looped=9, inner=9, lead=9, tail=9, clipped=9)
    reasons = judge(bad, "Hello.", level=-23.0).reasons
    assert len(reasons) >= 6
    for reason in reasons:
        assert translated(reason) != reason, reason


@pytest.mark.usefixtures("japanese")
def test_a_sentence_ends_as_the_language_has_it() -> None:
    assert sentence("nothing is heard") == f"{translated('nothing is heard')}。"
    assert ended("もう終わりました。") == "もう終わりました。"


def test_english_stays_english() -> None:
    english = "the tokenizer in /m is damaged: get the model again"
    assert translated(english) == english
    assert sentence(english) == "The tokenizer in /m is damaged: get the model again."


def test_a_program_without_the_list_says_it_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "_LIST", ROOT / "nowhere")
    sentences._patterns.cache_clear()
    assert translated("nothing is heard") == "nothing is heard"
    sentences._patterns.cache_clear()
