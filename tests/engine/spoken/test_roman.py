import pytest

from engine.spoken.roman import value_of


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("I", 1),
        ("iv", 4),
        ("XIV", 14),
        ("XLVIII", 48),
        ("MCMXCIX", 1999),
        ("IIX", None),
        ("", None),
        ("ABC", None),
    ],
)
def test_numerals_have_values(numeral: str, value: int | None) -> None:
    assert value_of(numeral) == value
