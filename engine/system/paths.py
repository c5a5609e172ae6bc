"""The folders that this system has for programs, and ours in them. Standard library only."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # the program itself: main.py, engine, resources
APPLICATION = "bark-studio"  # the name of our folders, and of what the system knows us by


def data_folder(system: str = sys.platform) -> Path:
    """The user's folder for the data of programs."""
    if system == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if system == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def own_folder(system: str = sys.platform) -> Path:
    """The program's own folder among the user's data; it may not exist yet."""
    return data_folder(system) / APPLICATION


def cache_folder(system: str = sys.platform) -> Path:
    """The program's own folder for what can be made again; it may not exist yet."""
    if system == "win32":
        return own_folder(system)
    if system == "darwin":
        return Path.home() / "Library" / "Caches" / APPLICATION
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / APPLICATION


def text_models_folder() -> Path:
    """Where the user's text models lie; BARK_STUDIO_MODELS names another folder."""
    chosen = os.environ.get("BARK_STUDIO_MODELS")
    return Path(chosen) if chosen else own_folder() / "models"


def compiled_text_folder() -> Path:
    """Where XLA's compiled code is kept between starts."""
    return cache_folder() / "xla"
