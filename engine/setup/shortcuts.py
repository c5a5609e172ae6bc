"""Shortcuts for the double click: an entry in the menu of Linux, of Windows, an app on macOS.

What is made is written down, so that it can be removed again, exactly that and nothing else.
Standard library only: it works before the set-up.
"""

from __future__ import annotations

import base64
import json
import os
import plistlib
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import engine
from engine.errors import UserError
from engine.system.atomic_files import write_atomically
from engine.system.paths import APPLICATION, data_folder, own_folder
from engine.system.programs import find_program
from engine.system.untrusted_json import checked_as, read_object

_SIZES = (16, 32, 48, 64, 128, 256, 512)
_TEXTS = (
    "text/plain",
    "text/markdown",
    "text/csv",
    "text/tab-separated-values",
    "text/vtt",
    "application/x-subrip",
    "application/epub+zip",
)


def install(root: Path, system: str = sys.platform) -> list[Path]:
    """Make the shortcuts of this system for the program in root; what can be clicked comes first.

    Raises UserError where another program's file is in the way, or the system refuses.
    """
    make: Callable[[_Maker, Path], None] = {"win32": _windows, "darwin": _mac}.get(system, _linux)
    maker = _Maker(_record(system))
    maker.folders += [folder for folder in _missing(_record(system)) if folder not in maker.folders]
    try:
        make(maker, root)
    except OSError as error:
        raise UserError(
            f"cannot make the launcher: {error.filename}: {(error.strerror or '').lower()}"
        ) from error
    finally:
        maker.write_down()
    return maker.files


def remove(system: str = sys.platform) -> list[Path]:
    """Delete what `install` made, and the folders that are empty then; what was deleted."""
    record = _record(system)
    maker = _Maker(record)
    gone = []
    for file in maker.files:
        with suppress(FileNotFoundError, NotADirectoryError):
            file.unlink()
            gone.append(file)
    record.unlink(missing_ok=True)
    for folder in sorted(maker.folders, key=lambda folder: len(folder.parts), reverse=True):
        with suppress(OSError):  # it holds something else by now, or is gone
            folder.rmdir()
    return gone


class _Maker:
    """Writes files and remembers them, those of an earlier time as well."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self.files: list[Path] = []
        self.folders: list[Path] = []
        with suppress(OSError, ValueError, KeyError, TypeError, UserError):
            stored = read_object(record)
            files, folders = (
                checked_as(tuple[str, ...], stored[name]) for name in ("files", "folders")
            )
            self.files, self.folders = list(map(Path, files)), list(map(Path, folders))

    def write(self, path: Path, content: bytes, *, runs: bool = False) -> None:
        """Make a file, and its folders. runs: it can be started."""
        self.claim(path)
        self.folders += [folder for folder in _missing(path) if folder not in self.folders]
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
        if runs:
            path.chmod(0o755)

    def claim(self, path: Path) -> None:
        """Count a file as ours. Raises UserError for one that is there and is not."""
        if path not in self.files:
            if path.exists():
                raise UserError(f"{path} was made by another program: move it away first")
            self.files.append(path)

    def write_down(self) -> None:
        """Keep the list for `remove`."""
        self._record.parent.mkdir(parents=True, exist_ok=True)
        stored = {"files": list(map(str, self.files)), "folders": list(map(str, self.folders))}
        write_atomically(self._record, json.dumps(stored, indent=1).encode())


def _missing(path: Path) -> list[Path]:
    """The folders above a path that are not there."""
    return [folder for folder in path.parents if not folder.exists()]


def _record(system: str) -> Path:
    return own_folder(system) / "launcher.json"


def _python(root: Path) -> str:
    """The Python to start with: not that of root/.venv, which may be deleted and made again."""
    own = Path(sys.prefix).resolve() == (root / ".venv").resolve()
    return str(getattr(sys, "_base_executable", sys.executable) if own else sys.executable)


def _icon(root: Path, size: int) -> bytes:
    return (root / "resources" / "icons" / f"{APPLICATION}-{size}.png").read_bytes()


# ── Linux ─────────────────────────────────────────────────────────────────────────────────────


def _linux(maker: _Maker, root: Path) -> None:
    data = data_folder("linux")
    maker.write(
        data / "applications" / f"{APPLICATION}.desktop",
        desktop_entry(_python(root), root).encode(),
    )
    icons = data / "icons" / "hicolor"
    for size in _SIZES:
        maker.write(icons / f"{size}x{size}" / "apps" / f"{APPLICATION}.png", _icon(root, size))
    _tell_desktop(maker, data / "applications")
    drawing = (root / "resources" / "icons" / f"{APPLICATION}.svg").read_bytes()
    maker.write(icons / "scalable" / "apps" / f"{APPLICATION}.svg", drawing)


def _tell_desktop(maker: _Maker, applications: Path) -> None:
    """Let the desktop know the text types at once; without the tool it finds them later."""
    if tool := find_program("update-desktop-database"):
        cache = applications / "mimeinfo.cache"
        if not cache.exists():  # the first entry of this user: the cache is there for us alone
            maker.files.append(cache)
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run([tool, "--quiet", applications], capture_output=True, timeout=20)


def desktop_entry(python: str, root: Path) -> str:
    """The file that the menu of a Linux desktop shows the program by."""
    command = " ".join(_quoted(part) for part in (python, str(root / "main.py")))
    return "\n".join(
        (
            "[Desktop Entry]",
            "Type=Application",
            "Version=1.4",
            "Name=Bark Studio",
            "GenericName=Speech Studio",
            "GenericName[ja]=音声スタジオ",
            "Comment=Turn text into speech on this machine",
            "Comment[ja]=このコンピューターでテキストを音声に変換します",
            f"Exec={command} open %F",
            f"Icon={APPLICATION}",
            "Terminal=false",
            "Categories=AudioVideo;Audio;",
            f"MimeType={';'.join(_TEXTS)};",
            "Keywords=speech;voice;tts;text to speech;narration;",
            "Keywords[ja]=音声;読み上げ;音声合成;ナレーション;",
            "StartupNotify=true",
            f"StartupWMClass={APPLICATION}",
            "",
        )
    )


def _quoted(argument: str) -> str:
    """One argument of Exec: quoted for the command line, then escaped as a string of the file."""
    for sign in ("\\", '"', "`", "$"):
        argument = argument.replace(sign, f"\\{sign}")
    return '"' + argument.replace("%", "%%").replace("\\", "\\\\") + '"'


# ── Windows ───────────────────────────────────────────────────────────────────────────────────

_SHORTCUT = """
$ErrorActionPreference = 'Stop'
$shell = New-Object -ComObject WScript.Shell
foreach ($folder in 'Programs', 'Desktop') {
    $place = Join-Path ([Environment]::GetFolderPath($folder)) 'Bark Studio.lnk'
    if ($env:BARK_STUDIO_MADE -notlike "*|$place|*" -and (Test-Path -LiteralPath $place)) {
        continue
    }
    $link = $shell.CreateShortcut($place)
    $link.TargetPath = $env:BARK_STUDIO_PYTHON
    $link.Arguments = $env:BARK_STUDIO_ARGUMENTS
    $link.WorkingDirectory = $env:BARK_STUDIO_ROOT
    $link.IconLocation = $env:BARK_STUDIO_ICON
    $link.Description = 'Turn text into speech on this machine'
    $link.Save()
    [Console]::OutputEncoding = [Text.Encoding]::UTF8
    Write-Output $place
}
"""

_PYW = """import sys

sys.path[0] = {folder!r}  # not the folder of this file, where anything may lie
import runpy

sys.argv = [{main!r}, "open", *sys.argv[1:]]
runpy.run_path({main!r}, run_name="__main__")
"""


def _windows(maker: _Maker, root: Path) -> None:
    icon = own_folder("win32") / f"{APPLICATION}.ico"
    maker.write(icon, ico({size: _icon(root, size) for size in _SIZES if size <= 256}))
    python = Path(_python(root))
    windowed = python.with_name("pythonw.exe")  # has no black window
    environment = {
        **os.environ,
        "BARK_STUDIO_PYTHON": str(windowed if windowed.exists() else python),
        "BARK_STUDIO_ARGUMENTS": f'"{root / "main.py"}" open',
        "BARK_STUDIO_ROOT": str(root),
        "BARK_STUDIO_ICON": str(icon),
        "BARK_STUDIO_MADE": "|" + "|".join(map(str, maker.files)) + "|",
    }
    script = base64.b64encode(_SHORTCUT.encode("utf-16-le")).decode()
    made: list[str] = []
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            [
                find_program("powershell") or "",
                "-NoProfile",
                "-NonInteractive",
                "-EncodedCommand",
                script,
            ],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=60,
        )
        made = done.stdout.splitlines() if done.returncode == 0 else []
    for name in made:
        if Path(name) not in maker.files:
            maker.files.insert(0, Path(name))
    if not made:  # no PowerShell, or one that may not: a file that Python itself opens
        start = _PYW.format(main=str(root / "main.py"), folder=str(root))
        maker.write(Path.home() / "Desktop" / "Bark Studio.pyw", start.encode())


def ico(images: dict[int, bytes]) -> bytes:
    """PNG pictures by their size in pixels as one .ico: a table of contents, then the pictures."""
    start = 6 + 16 * len(images)
    table = struct.pack("<HHH", 0, 1, len(images))
    for size, image in images.items():
        table += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(image), start)
        start += len(image)
    return table + b"".join(images.values())


# ── macOS ─────────────────────────────────────────────────────────────────────────────────────

_ICNS = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}


def _mac(maker: _Maker, root: Path) -> None:
    contents = Path.home() / "Applications" / "Bark Studio.app" / "Contents"
    words = " ".join(_for_shell(part) for part in (_python(root), str(root / "main.py")))
    script = f'#!/bin/sh\nexec {words} open "$@"\n'
    maker.write(contents / "MacOS" / APPLICATION, script.encode(), runs=True)
    facts = {
        "CFBundleName": "Bark Studio",
        "CFBundleDisplayName": "Bark Studio",
        "CFBundleIdentifier": "studio.bark.launcher",
        "CFBundleExecutable": APPLICATION,
        "CFBundleIconFile": APPLICATION,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": engine.__version__,
        "NSHighResolutionCapable": True,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "Text",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.plain-text", "org.idpf.epub-container"],
            }
        ],
    }
    maker.write(contents / "Info.plist", plistlib.dumps(facts))
    maker.write(contents / "Resources" / f"{APPLICATION}.icns", icns(root))


def icns(root: Path) -> bytes:
    """The PNG pictures as one .icns: each under its four letters and its length."""
    parts = b""
    for size, kind in _ICNS.items():
        image = _icon(root, size)
        parts += kind + struct.pack(">I", len(image) + 8) + image
    return b"icns" + struct.pack(">I", len(parts) + 8) + parts


def _for_shell(argument: str) -> str:
    return "'" + argument.replace("'", "'\\''") + "'"
