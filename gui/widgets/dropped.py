"""Files that were dropped or pasted, by whatever way a file manager names them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QSysInfo, QUrl


def files_in(data: QMimeData) -> list[Path]:
    """The files of this machine, in their order, each once."""
    return list(dict.fromkeys(Path(_here(url).toLocalFile()) for url in _local(data)))


def has_files(data: QMimeData) -> bool:
    """Whether any is named."""
    return bool(_local(data))


def is_voice(path: Path) -> bool:
    """Whether a file is a voice by its name."""
    return path.suffix.lower() == ".npz"


def _local(data: QMimeData) -> list[QUrl]:
    return [url for url in data.urls() if url.isLocalFile() and _here(url).toLocalFile()]


def _here(url: QUrl) -> QUrl:
    """file://localhost/a and file://THIS-MACHINE/a are /a; any other host is a server's name."""
    if url.host().lower() in ("localhost", QSysInfo.machineHostName().lower()):
        url = QUrl(url)
        url.setHost("")
    return url
