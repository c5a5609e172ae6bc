"""What an option brought on this machine, in one line."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.advice.measured import Brought
from gui.look import words

_LITTLE = 10_000_000  # bytes that are not worth a word


def in_a_line(found: Brought | None) -> str:
    """ "Measured here: 2.9× faster, same tokens, −40 MB", or that nobody has measured it."""
    translate = QCoreApplication.translate
    if found is None:
        return translate("Brought", "Not measured here yet.")
    parts = [_speed(found)]
    tokens = {
        "same tokens": translate("Brought", "same tokens"),
        "rounding": translate("Brought", "rounded tokens"),
        "different": translate("Brought", "other tokens"),
    }
    if found.tokens in tokens:
        parts.append(tokens[found.tokens])
    if found.words is not None:
        parts.append(_words(*found.words))
    if abs(found.bytes) >= _LITTLE:
        parts.append(("−" if found.bytes < 0 else "+") + words.size(abs(found.bytes)))
    return translate("Brought", "Measured here: {0}.").format(", ".join(parts))


def _words(value: float, low: float, high: float) -> str:
    """Shares of words, as a reader of percents has them."""
    amiss = QCoreApplication.translate("Brought", "{0} % of words amiss ({1} … {2})")
    shown = (f"{100 * part:+.1f}".replace("-", "−") for part in (value, low, high))
    return amiss.format(*shown)


def _speed(found: Brought) -> str:
    translate = QCoreApplication.translate
    if not found.seen:
        return translate("Brought", "no difference seen")
    if found.times >= 1:
        return translate("Brought", "{0}× faster").format(f"{found.times:.1f}")
    return translate("Brought", "{0}× slower").format(f"{1 / found.times:.1f}")
