"""Bring the translations up to date with the sources: `python resources/translations/update.py`.

lupdate collects what the window says into bark-studio_ja.ts, where what is new stands unfinished;
Qt Linguist, or any editor, is for translating it; lrelease makes the .qm that the window loads.
"""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import tempfile
from pathlib import Path

import PySide6

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LANGUAGES = ("ja",)
sys.path.insert(0, str(ROOT))

from engine.settings import Settings  # noqa: E402


def collect(ts: Path) -> None:
    """Add every text of the window to a .ts, and drop those that are gone."""
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "engine_words.py"
        words.write_text(engine_words(), encoding="utf-8")
        sources = sorted(str(path) for path in (ROOT / "gui").glob("*.py"))
        tool("lupdate", *sources, str(words), "-ts", str(ts), "-locations", "none", "-no-obsolete")


def release(ts: Path) -> Path:
    """Make the .qm of a .ts beside it."""
    tool("lrelease", str(ts))
    return ts.with_suffix(".qm")


def engine_words() -> str:
    """The engine's words that the window shows, as a source that lupdate reads: the engine itself
    knows of no window."""
    lines = [
        f'QT_TRANSLATE_NOOP("Settings", {option.metadata["help"]!r})'
        for option in dataclasses.fields(Settings)
    ]
    return "\n".join(lines) + "\n"


def tool(name: str, *arguments: str) -> None:
    """Run one of Qt's programs that come with PySide6."""
    program = Path(PySide6.__file__).parent / name
    subprocess.run([program, *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    for language in LANGUAGES:
        ts = HERE / f"bark-studio_{language}.ts"
        collect(ts)
        release(ts)
