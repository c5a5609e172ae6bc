"""Japanese as it is read, with accents: OpenJTalk's readings, and what is done around them."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest

from engine.bark.readable import unreadable
from engine.bark.tokenizer import TextTokenizer
from engine.errors import UserError
from engine.spoken import latin, openjtalk
from tests.engine.spoken.moras_model import write_moras_model

for package in ("pyopenjtalk", "kanalizer", "onnxruntime"):
    pytest.importorskip(package, reason="python main.py set-up --japanese installs what reads it")

GOLDEN = Path(__file__).with_name("readings.tsv")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> TextTokenizer:
    return TextTokenizer(write_moras_model(tmp_path_factory.mktemp("model")))


def test_readings_and_accents(tokenizer: TextTokenizer) -> None:
    """A sentence, its moras, and letters that have no reading."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 60
    wrong = []
    for line in lines:
        text, said, *unread = line.split("\t")
        if (found := openjtalk.spell(text)) != (said, "".join(unread)):
            wrong.append((text, *found))
        assert tokenizer.spoken(text) == f"|{said}"
        unknown = tokenizer._tokenizer.token_to_id("[UNK]")
        assert unknown not in tokenizer(text), text
        assert len(tokenizer(text)) >= len(said) / 3
    assert not wrong


def test_a_mark_of_voice_is_no_accent(tokenizer: TextTokenizer) -> None:
    """が as one character, as two, and of half width; never か."""
    text = "学生がガラスを割った"
    for same in (text, unicodedata.normalize("NFD", text), "学生がｶﾞﾗｽを割った"):
        assert tokenizer.spoken(same) == "|がクセーガ|がラスオ|わッタ"
    assert tokenizer("|がガぱパゔヴ") == tokenizer(unicodedata.normalize("NFD", "|がガぱパゔヴ"))
    assert len(tokenizer("|がガぱパゔヴ")) == len(set(tokenizer("|がガぱパゔヴ"))) == 6


def test_what_is_spelled_already_is_left_alone(tokenizer: TextTokenizer) -> None:
    """So that an accent can be corrected: はし, high first or high at its end."""
    for text in ("|ハしオ|モって.", " |はシ"):
        assert tokenizer.spoken(text) == text.strip()
        assert tokenizer.lost(text) == ""
    assert tokenizer("|ハし") != tokenizer("|はシ") != tokenizer("はし")
    assert len(tokenizer("|ハし")) == 2
    assert tokenizer.lost("|ハし漢") == "漢"


def test_english_stays_as_it_is(tokenizer: TextTokenizer) -> None:
    for text in ("Hello there, 42!", "naïve", "Привет"):
        assert tokenizer.spoken(text) == text
    assert tokenizer.spoken("I live in 東京 now.") == "|I live in とーキョー now."


def test_the_accents_of_latin_letters_are_dropped_beside_japanese_too(
    tokenizer: TextTokenizer,
) -> None:
    assert tokenizer.spoken("caféへ行く。") == tokenizer.spoken("cafeへ行く。")
    assert tokenizer.lost("Ångströmのcaféへ行く。") == ""


def test_rows_are_counted_in_moras(tokenizer: TextTokenizer) -> None:
    assert len(tokenizer("承ります")) == len("うけたまわります")
    assert len(tokenizer("今日")) == 3 - 1  # キョ, ー


def test_a_letter_without_a_reading_is_told(tokenizer: TextTokenizer) -> None:
    assert tokenizer.lost("今日は良い天気です。😀") == ""
    assert tokenizer.lost("한국어と日本語") == "한국어"
    assert unreadable(tokenizer, "东京的天气很好。").startswith(
        "the model cannot read 东京气很: it reads Latin, Japanese letters"
    )


@pytest.mark.parametrize("package", ["pyopenjtalk", "kanalizer", "onnxruntime"])
def test_packages_that_are_lacking_are_told_before_the_work(
    package: str, tokenizer: TextTokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    openjtalk.spell.cache_clear()
    text = "英語のsentenceを読む。"
    with pytest.raises(UserError, match=r"set-up --japanese installs them"):
        tokenizer(text)
    assert unreadable(tokenizer, text) == latin.MISSING
    assert unreadable(tokenizer, "Only English.") == ""
    assert unreadable(tokenizer, "|エーゴ") == ""  # nothing is to be read there
    openjtalk.spell.cache_clear()


def test_another_checkpoint_is_given_the_text_itself(tmp_path: Path) -> None:
    folder = write_moras_model(tmp_path / "other")
    (folder / "tokenizer_config.json").write_text("{}")
    other = TextTokenizer(folder)
    assert other.spoken(" |漢字") == " |漢字"
    assert not other.moras


def test_words_of_latin_letters() -> None:
    said = {
        "Barkは": "バークは", "GPUで": "ジーピーユーで", "ChatGPTと": "チャットジーピーティーと",
        "OKだ": "オーケーだ", "Tシャツ": "ティーシャツ", "Don'tを": "ドントを",
        "rhythmの": "リズムの", "Wi-Fiが": "ワイファイが",
    }  # fmt: skip
    assert {text: latin.in_kana(text) for text in said} == said
    english = ["the end という文", "I love youと言う", "彼はto doと書いた", "one two three です"]
    assert all(map(latin.is_english, english))
    assert not any(map(latin.is_english, [*said, "Microsoft Officeを使う", "MacとLinux、Windows"]))
