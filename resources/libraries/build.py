"""Builds the libraries of the compiled step for every system, from engine/bark/c.

    pip install ziglang==0.17.1          # a compiler for all of them; the program does not need it
    python resources/libraries/build.py [--folder FOLDER] [--drivers FOLDER]

Writes the libraries and SHA256SUMS, which names the sources that they were made of as well. The
same version of the compiler gives the same bytes. They link against the system's own libraries
alone: libc.so.6 on Linux (2.28 or later), kernel32 and the universal C runtime on Windows 10 or
later, libSystem on macOS; nothing of the compiler's is in them. --drivers builds
tests/engine/bark/driver.c for Linux and Windows too, with the form that most processors run, as
programs of their own.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.bark import forms, prebuilt  # noqa: E402

FLAGS = ("-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-Werror", "-g0")
_WINDOWS = [
    f"-l{name}"
    for name in (
        *("kernel32", "api-ms-win-core-synch-l1-2-0"),
        *("api-ms-win-crt-private-l1-1-0", "api-ms-win-crt-string-l1-1-0"),
    )
]
# System, kind of processor, target, and the forms: no Mac with AVX-512 runs a torch of today.
TARGETS = (
    ("linux", "x86_64", "x86_64-linux-gnu.2.28", None),
    ("linux", "arm64", "aarch64-linux-gnu.2.28", None),
    ("windows", "x86_64", "x86_64-windows-gnu", None),
    ("macos", "arm64", "aarch64-macos.12.0", None),
    ("macos", "x86_64", "x86_64-macos.12.0", ("avx2",)),
)
_SUFFIXES = {"linux": ".so", "windows": ".dll", "macos": ".dylib"}


def compile_into(
    path: Path, system: str, target: str, form: forms.Form, *, driver: bool = False
) -> None:
    """One library or, with `driver`, one program. Raises SubprocessError."""
    import ziglang

    zig = [sys.executable, "-m", "ziglang", "cc", "-target", target]
    headers = Path(ziglang.__file__).parent / "lib/libc/include/any-windows-any"
    alone = not driver and system != "macos"  # there, everything is in libSystem
    common = [*FLAGS, "-fPIC", "-I", str(prebuilt.SOURCES)]
    if system == "windows":
        common = [*(flag for flag in common if flag != "-fPIC"), "-isystem", str(headers)]
        common += ["-DALONE", "-nostdlib"] if alone else []
    sources = [str(source) for source in sorted(prebuilt.SOURCES.glob("*.c"))]
    sources.remove(plain := str(prebuilt.SOURCES / "processor.c"))
    linked = ["-shared", "-s"]
    if driver:
        linked = [
            "-s",
            str(ROOT / "tests/engine/bark/driver.c"),
            *(["-lm"] if system == "linux" else []),
        ]
    elif alone:
        linked += ["-nostdlib", *(["-lc"] if system == "linux" else [])]
    if system == "windows":
        linked += _WINDOWS[: 2 if driver else None]
    with tempfile.TemporaryDirectory() as folder:
        neutral = str(Path(folder, "processor.o"))  # asked before anybody knows the processor
        _run([*zig, *common, "-c", plain, "-o", neutral])
        made = Path(folder, path.name)  # a linker may leave more beside it
        _run([*zig, *common, *form.flags, *sources, neutral, *linked, "-o", str(made)])
        shutil.copy(made, path)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, timeout=600)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=prebuilt.FOLDER)
    parser.add_argument("--drivers", type=Path)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    hashes = prebuilt.source_hashes()
    for system, kind, target, only in TARGETS:
        for form in forms.FORMS[kind]:
            if only is not None and form.name not in only:
                continue
            name = f"{system}-{kind}-{form.name}"
            path = folder / (name + _SUFFIXES[system])
            compile_into(path, system, target, form)
            path.chmod(0o644)
            hashes[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
            print(f"{path.name}: {path.stat().st_size // 1024} KB", flush=True)
            if arguments.drivers and form is forms.FORMS[kind][-1] and system != "macos":
                arguments.drivers.mkdir(parents=True, exist_ok=True)
                program = arguments.drivers / (name + (".exe" if system == "windows" else ""))
                still = "aarch64-linux-musl" if kind == "arm64" and system == "linux" else target
                compile_into(program, system, still, form, driver=True)
    lines = (f"{hashes[name]}  {name}\n" for name in sorted(hashes))
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
