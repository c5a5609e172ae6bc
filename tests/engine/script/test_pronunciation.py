"""Replacements for the voice's ears only, with a guard against endless patterns."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.script.pronunciation import MAX_GROUPS, MAX_LENGTH, Pronunciation


def test_words_and_patterns() -> None:
    rules = Pronunciation.parse(
        "# how we say it\n\nSQL==sequel\nC++==C plus plus\n/(\\d+) ?km\\b/==\\1 kilometres\n"
        "a\\b==a\\1\n/x==y/==z\n"
    )
    assert (
        rules.apply("SQL and MySQL, C++, 12km.") == "sequel and MySQL, C plus plus, 12 kilometres."
    )
    assert rules.apply("a\\b x==y") == "a\\1 z"
    assert Pronunciation().apply("same") == "same"


def test_a_rule_that_leaves_nothing_is_not_applied() -> None:
    assert Pronunciation.parse("uh==").apply("uh") == "uh"
    assert Pronunciation.parse("uh==").apply("uh well") == " well"


@pytest.mark.parametrize(
    "rule",
    [
        "no equals",
        "==x",
        "/(/==x",
        r"/a/==\1",
        r"/a/==\g<name>",
        "/a{1000000000}/==x",
        f"/{'(' * 200}/==x",
        f"/{'a' * 400}/==x",
    ],
)
def test_a_wrong_rule_is_named_with_its_line(rule: str) -> None:
    with pytest.raises(UserError, match="line 2 of the replacements"):
        Pronunciation.parse(f"a==b\n{rule}\n")


@pytest.mark.parametrize("rule", [r"/(a|aa)+$/==x", r"/(?:a?){40}a{40}b/==x", "/(.*)*(.*)*=/==x"])
def test_a_catastrophic_pattern_is_stopped(rule: str) -> None:
    try:
        spoken = Pronunciation.parse(rule).apply("a" * 400 + "!")
    except UserError as error:
        assert "takes too long" in str(error)  # noqa: PT017
    else:
        assert spoken == "a" * 400 + "!"  # it was clever enough


def test_a_text_does_not_grow_without_end() -> None:
    rules = "\n".join(["/a/==aaaaaaaaaa"] * 8)
    with pytest.raises(UserError, match="far too long"):
        Pronunciation.parse(rules).apply("a")
    for length, most in ((1, MAX_LENGTH), (MAX_LENGTH, 4 * MAX_LENGTH)):
        text = "x" * (length - 1) + "a"
        for longer, words in ((most - length, None), (most - length + 1, "far too long")):
            rule = Pronunciation.parse(f"/a$/=={'b' * (longer + 1)}")
            with pytest.raises(UserError, match=words) if words else nullcontext():
                assert len(rule.apply(text)) == most


def test_a_file_of_rules(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_bytes(b"\xef\xbb\xbfa==b\r\n")
    assert Pronunciation.load(tmp_path / "r.txt").apply("a") == "b"
    (tmp_path / "r.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="UTF-8"):
        Pronunciation.load(tmp_path / "r.txt")
    with pytest.raises(UserError, match="cannot read"):
        Pronunciation.load(tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("rule", "text", "spoken"),
    [
        ("灯台==とうだい", "古い灯台へ行く。", "古いとうだいへ行く。"),
        ("SQL==エスキューエル", "SQLを使う。MySQLも。", "エスキューエルを使う。MySQLも。"),
        ("แมว==X", "ฉันมีแมวสองตัว", "ฉันมีXสองตัว"),
        ("don't==do not", "I don’t, you don't.", "I do not, you do not."),
        ("don’t==do not", "I don't.", "I do not."),
        ("cafe\u0301==coffee house", "A café, a cafe\u0301.", "A coffee house, a coffee house."),
        ("cat==dog", "cat concat cats", "dog concat cats"),
    ],
)
def test_where_a_word_ends_in_any_script(rule: str, text: str, spoken: str) -> None:
    assert Pronunciation.parse(rule).apply(text) == spoken


def test_a_text_without_a_replacement_stays_as_it_is() -> None:
    """Its takes are found by it."""
    assert Pronunciation.parse("a==b").apply("cafe\u0301") == "cafe\u0301"


def test_no_rule_takes_memory_before_it_is_too_long() -> None:
    """Whole, these would be two gigabytes and twenty."""
    for rule in ("/./==" + "b" * 100_000, r"/(?=(.*))./==" + r"\1" * 100):
        with pytest.raises(UserError, match=r"far too long|takes too long"):
            Pronunciation.parse(rule).apply("a" * MAX_LENGTH)
    with pytest.raises(UserError, match="repeats too many groups"):
        Pronunciation.parse("/a/==" + r"\g<0>" * (MAX_GROUPS + 1))


def test_all_rules_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Pronunciation.parse(r"/(?:a|aa)+$/==x")
    monkeypatch.setattr("engine.script.pronunciation.SECONDS", 1e6)
    monkeypatch.setattr("engine.script.pronunciation.ROW_SECONDS", 0.0)
    with pytest.raises(UserError, match="takes too long or fails"):
        rules.apply("a" * 5000 + "!")  # would take for ever
