"""Moras with pitch: how they are spelled. No package is needed for that."""

from __future__ import annotations

import pytest

from engine.spoken.moras import Phrase, length, moras_of, reading, spelled
from tests.engine.spoken.moras_model import recipe_text


def test_pitch_is_high_up_to_the_accent() -> None:
    for accent, said in enumerate(["わタシト", "ワたしと", "わタしと", "わタシと", "わタシト"]):
        assert spelled([Phrase(("わ", "た", "し", "と"), accent)]) == said
    assert spelled([Phrase(("き",), 1)]) == "キ"
    assert spelled([Phrase(("き",))]) == "き"


def test_phrases_are_kept_apart_unless_a_mark_does_it() -> None:
    one, two = Phrase(("は", "し"), 1), Phrase(("こ", "ー"), 0)
    assert spelled([one, two, ",", one, "."]) == "ハし|こー,ハし."
    assert spelled([Phrase(("こ", "ー", "い"), 1)]) == "コ〜い"  # a long vowel that is low


@pytest.mark.parametrize(
    ("kana", "moras"),
    [
        ("キャット", ["きゃ", "っ", "と"]),
        ("ヲヂヅヰヱヮヵ", ["お", "じ", "ず", "い", "え", "わ", "か"]),
        ("クヮ", ["くぁ"]),
        ("いゃ", ["い", "や"]),
        ("ぁあ", ["あ", "あ"]),
        ("っっーーーーーか", ["っ", "か"]),
        ("あーーーーーか", ["あ", "ー", "ー", "ー", "か"]),
        ("’x、漢", []),
    ],
)
def test_every_kana_becomes_moras_that_have_an_id(kana: str, moras: list[str]) -> None:
    assert moras_of(kana) == moras


def test_a_long_vowel_may_go_on_from_the_word_before() -> None:
    assert moras_of("ー") == []
    assert moras_of("ー", ["しょ"]) == ["ー"]


def test_all_pairs_are_those_of_the_recipe() -> None:
    """Whatever is made of kana, the tokenizer of the starter voice has an id for it."""
    recipe = recipe_text()
    known = set(recipe.FIXED["moras"])
    every = [chr(code) for code in range(ord("ぁ"), ord("ゔ") + 1)]
    for one in every:
        for two in every:
            assert set(moras_of(one + two)) <= known, one + two
    made = {mora for mora in known if moras_of(mora) == [mora]}
    assert made == known - {"ー"}
    tokens = recipe.tokenizer(japanese=True).encode(spelled([Phrase(tuple(sorted(known)))])).tokens
    assert len(tokens) == len(known)


def test_ids_are_counted_as_the_tokenizer_makes_them() -> None:
    made = recipe_text().tokenizer(japanese=True)
    for said in ("きょ〜ワ|ハレガ,", "カれわ I love you so と|いッタ.", "ファっくすと|フィるむ!"):
        assert length(said) == len(made.encode(said).ids)


def test_a_reading_has_neither_pitch_nor_phrases() -> None:
    assert reading("ハし|コ〜い,") == "ハシコーイ,"
