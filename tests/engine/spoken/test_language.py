import pytest

from engine.spoken.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The train came at 3:30, and we were there.", "en"),
        ("Der Zug kam um 15:30 an, und wir waren schon da.", "de"),
        ("El tren llegó a las 15:30 y nos fuimos.", "es"),
        ("Le train est arrivé à 15h30 et nous sommes partis.", "fr"),
        ("De trein kwam om 15:30 aan en we waren er al.", "nl"),
        ("Get 5 gold", "en"),
        ("", "en"),
    ],
)
def test_a_text_is_known_by_its_common_words(text: str, language: str) -> None:
    assert language_of(text, "en") == language


def test_what_is_known_already_stays() -> None:
    assert language_of("The train and the car", "ja") == "ja"
