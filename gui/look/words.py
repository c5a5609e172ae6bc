"""Figures as people read them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from engine.audio.formats import FORMATS


def clock(seconds: float, digits: int = 1) -> str:
    """65.25 → 1:05.2"""
    seconds = max(0.0, round(seconds, digits))
    minutes = int(seconds // 60)
    width = 3 + digits if digits else 2
    hours, minutes = divmod(minutes, 60)
    rest = f"{seconds % 60:0{width}.{digits}f}"
    return f"{hours}:{minutes:02}:{rest}" if hours else f"{minutes}:{rest}"


def size(count: int) -> str:
    """Bytes for people: 1.2 GB."""
    format = QLocale.DataSizeFormat.DataSizeSIFormat
    return QLocale().formattedDataSize(count, 0 if count < 10**9 else 1, format)


def format_name(format: str) -> str:
    """A kind of sound file in the language of the window."""
    return QCoreApplication.translate("Formats", FORMATS[format].label)
