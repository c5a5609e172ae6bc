"""Shortcuts: what they start, with every argument intact, and that exactly they are removed."""

from __future__ import annotations

import configparser
import json
import plistlib
import re
import shlex
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.setup import shortcuts
from tests.conftest import ROOT

_ECHO = "import json, sys\nopen(__file__ + '.args', 'w').write(json.dumps(sys.argv[1:]))\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LOCALAPPDATA", str(home / "local"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return home


@pytest.fixture(params=["program", 'my $pro `gram` "50%" it\'s \\ 音声'])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the program that only writes down what it was started with."""
    root = tmp_path / request.param
    shutil.copytree(ROOT / "resources" / "icons", root / "resources" / "icons")
    (root / "main.py").write_text(_ECHO)
    return root


def started_with(root: Path) -> list[str]:
    """What the program in root was started with."""
    arguments: list[str] = json.loads((root / "main.py.args").read_text())
    return arguments


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def exec_of(entry: Path) -> list[str]:
    """The Exec line as a desktop reads it: a string of the file, then quotes, then fields."""
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(entry, encoding="utf-8")
    line = re.sub(r"\\(.)", r"\1", parser["Desktop Entry"]["Exec"])  # \\ → \
    parts = re.findall(r'"(?:\\.|[^"\\])*"|[^\s"]+', line)
    return [re.sub(r"\\(.)", r"\1", part.strip('"')).replace("%%", "%") for part in parts]


# ── Linux ─────────────────────────────────────────────────────────────────────────────────────


def test_the_entry_starts_the_program_with_the_files(home: Path, root: Path) -> None:
    made = shortcuts.install(root, "linux")
    assert made[0] == home / ".local/share/applications/bark-studio.desktop"
    command = exec_of(made[0])
    assert command[-1] == "%F"
    subprocess.run([*command[:-1], "a text.txt", "zwei.txt"], check=True)
    assert started_with(root) == ["open", "a text.txt", "zwei.txt"]


def test_the_entry_is_a_valid_one(home: Path, root: Path) -> None:
    entry = shortcuts.install(root, "linux")[0]
    if tool := shutil.which("desktop-file-validate"):
        assert subprocess.run([tool, entry], capture_output=True, text=True).stdout == ""
    words = entry.read_text(encoding="utf-8")
    assert words.startswith("[Desktop Entry]\nType=Application\n")
    assert "text/plain;" in words
    assert "Comment[ja]=" in words


def test_icons_have_the_sizes_of_their_folders(home: Path, root: Path) -> None:
    made = shortcuts.install(root, "linux")
    pictures = [path for path in made if path.suffix == ".png"]
    assert len(pictures) == 7
    for path in pictures:
        width, height = struct.unpack(">II", path.read_bytes()[16:24])
        assert path.parent.parent.name == f"{width}x{height}"
    assert (home / ".local/share/icons/hicolor/scalable/apps/bark-studio.svg").exists()


def test_removing_takes_exactly_what_was_made(home: Path, root: Path) -> None:
    other = home / ".local/share/applications/other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text("another program")
    made = [path for path in shortcuts.install(root, "linux") if path.exists()]
    assert shortcuts.install(root, "linux")[0] == made[0]  # again is no mistake
    assert set(shortcuts.remove("linux")) == set(made)
    assert files_in(home) == {other}
    assert not (home / ".local/share/icons").exists()
    assert shortcuts.remove("linux") == []


def test_a_file_of_another_program_is_left_alone(home: Path, root: Path) -> None:
    entry = home / ".local/share/applications/bark-studio.desktop"
    entry.parent.mkdir(parents=True)
    entry.write_text("not ours")
    with pytest.raises(UserError, match="was made by another program"):
        shortcuts.install(root, "linux")
    shortcuts.remove("linux")
    assert entry.read_text() == "not ours"


def test_a_system_that_refuses_is_a_sentence(home: Path, root: Path) -> None:
    (home / ".local").mkdir()
    (home / ".local/share").mkdir()
    (home / ".local/share/icons").write_text("a file where a folder belongs")
    with pytest.raises(UserError, match="cannot make the launcher"):
        shortcuts.install(root, "linux")
    shortcuts.remove("linux")
    assert files_in(home) == {home / ".local/share/icons"}


def test_the_python_is_not_that_of_the_environment_it_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv/bin/python"))
    monkeypatch.setattr(sys, "_base_executable", "/usr/bin/python3", raising=False)
    assert shortcuts._python(tmp_path) == "/usr/bin/python3"
    assert shortcuts._python(tmp_path / "elsewhere") == str(tmp_path / ".venv/bin/python")


def test_the_command(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "main.py", "install-launcher"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    made = [Path(line) for line in done.stdout.splitlines()]
    assert made
    assert made[0].exists()
    assert str(ROOT / "main.py") in exec_of(made[0])
    subprocess.run([*command, "--remove"], cwd=ROOT, check=True, capture_output=True)
    assert files_in(home) == set()


# ── macOS and Windows, as far as they can be seen from here ───────────────────────────────────


def test_an_app_of_macos(home: Path, root: Path) -> None:
    made = shortcuts.install(root, "darwin")
    contents = home / "Applications/Bark Studio.app/Contents"
    facts = plistlib.loads((contents / "Info.plist").read_bytes())
    script = contents / "MacOS" / facts["CFBundleExecutable"]
    assert made[0] == script
    subprocess.run([script, "a text.txt"], check=True)
    assert started_with(root) == ["open", "a text.txt"]
    icon = (contents / "Resources" / f"{facts['CFBundleIconFile']}.icns").read_bytes()
    assert icon[:4] == b"icns"
    assert struct.unpack(">I", icon[4:8]) == (len(icon),)
    place, kinds = 8, []
    while place < len(icon):
        kinds.append(icon[place : place + 4])
        (length,) = struct.unpack(">I", icon[place + 4 : place + 8])
        assert icon[place + 8 : place + 12] == b"\x89PNG"
        place += length
    assert (place, len(kinds)) == (len(icon), 6)
    shortcuts.remove("darwin")
    assert files_in(home) == set()
    assert not (home / "Applications").exists()


def test_windows_without_powershell_gets_a_python_file(
    home: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    made = shortcuts.install(root, "win32")
    start = home / "Desktop" / "Bark Studio.pyw"
    assert start in made
    stranger = start.with_name("runpy.py")  # anything may lie on a desktop
    stranger.write_text("raise SystemExit('run by its name')")
    subprocess.run([sys.executable, start, "a text.txt"], check=True)
    assert started_with(root) == ["open", "a text.txt"]
    stranger.unlink()
    shortcuts.remove("win32")
    assert files_in(home) == set()


def test_windows_asks_powershell_and_remembers_its_shortcuts(
    home: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PowerShell of ours, which makes what it was told to make."""
    link = home / "Bark Studio.lnk"
    shell = tmp_path / "bin" / "powershell"
    shell.parent.mkdir()
    shell.write_text(
        f'#!/bin/sh\nprintf \'%s %s\' "$BARK_STUDIO_PYTHON" "$BARK_STUDIO_ARGUMENTS" '
        f"> {shlex.quote(str(link))}\necho {shlex.quote(str(link))}\n"
    )
    shell.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shell.parent}:/usr/bin:/bin")
    assert shortcuts.install(root, "win32")[0] == link
    assert link.read_text() == f'{shortcuts._python(root)} "{root / "main.py"}" open'
    assert not (home / "Desktop").exists()
    shortcuts.remove("win32")
    assert files_in(home) == set()


def test_the_icon_of_windows_opens(tmp_path: Path) -> None:
    from PySide6.QtGui import QImageReader

    icons = ROOT / "resources" / "icons"
    sizes = (16, 32, 48, 256)
    pictures = {size: (icons / f"bark-studio-{size}.png").read_bytes() for size in sizes}
    (tmp_path / "bark.ico").write_bytes(shortcuts.ico(pictures))
    reader = QImageReader(str(tmp_path / "bark.ico"))
    found = []
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        found.append(reader.read().width())
    assert tuple(found) == sizes
