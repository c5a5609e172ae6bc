"""[pause] and [voice] in a text."""

from __future__ import annotations

from engine.documents.tags import cut_tags


def test_pauses_and_voices_cut_a_text() -> None:
    assert list(cut_tags("a [pause 0.8] b[pause: 500ms][pause]c [laughs]")) == [
        ("a", None, None),
        ("b", None, 0.8),
        ("c [laughs]", None, 1.5),
    ]
    assert list(cut_tags("[voice: v2/en_speaker_6] a [voice:none] b")) == [
        ("a", "v2/en_speaker_6", None),
        ("b", "", None),
    ]
    assert list(cut_tags("[pause 2,5 s]")) == [("", None, 2.5)]
    assert list(cut_tags("[pause 999999]a")) == [("a", None, 600.0)]
    assert list(cut_tags("[pauses] [voices] [pause for a while]")) == [
        ("[pauses] [voices] [pause for a while]", None, None)
    ]
