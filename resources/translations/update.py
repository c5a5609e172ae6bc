"""Bring the translations up to date with the sources: `python resources/translations/update.py`.

lupdate collects what the window says into bark-studio_ja.ts, where what is new stands unfinished;
Qt Linguist, or any editor, is for translating it; lrelease makes the .qm that the window loads.
engine.txt lists the sentences that the engine makes: the window finds them again by their words.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import PySide6

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LANGUAGES = ("ja",)
sys.path.insert(0, str(ROOT))

from engine.audio.formats import FORMATS  # noqa: E402
from engine.settings import Settings  # noqa: E402


def collect(ts: Path) -> None:
    """Add every text of the window to a .ts, and drop those that are gone."""
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "engine_words.py"
        words.write_text(engine_words(), encoding="utf-8")
        sources = sorted(str(path) for path in (ROOT / "gui").rglob("*.py"))
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
    lines += [f'QT_TRANSLATE_NOOP("Formats", {format.label!r})' for format in FORMATS.values()]
    lines += [f'QT_TRANSLATE_NOOP("Engine", {sentence!r})' for sentence in engine_sentences()]
    lines += [f'QT_TRANSLATE_NOOP("LeftOut", {what!r})' for what in left_out()]
    return "\n".join(lines) + "\n"


# ── sentences of the engine ───────────────────────────────────────────────────────────────────

_COMMAND_LINE = (
    "bench",
    "cli",
    "cluster",
    "conversion",
    "setup",
    "speaker.py",
    "text_writer.py",
    "turns.py",
)  # folders and files whose sentences the window never shows
_SHOWN = tuple(  # but for these
    f"bench/{name}.py" for name in ("child", "environment", "export", "kept", "results")
)
_ERRORS = (
    "UserError",
    "NoDevice",
    "NoPortAudio",
    "InUse",
    "DamagedTake",
    "DiskRefuses",
    "NoTextColumn",
    "OtherMachine",
    "_say",
)
_NOTES = (
    "Built",
    "Cache",
    "Choice",
    "Found",
)  # what came of something, with a sentence that is no error
_OTHERS = {
    "quality.py": ("judge",),
    "advise.py": ("_figures", "_estimates", "_lacking", "_takes", "_too_short", "why_not"),
    "kept.py": ("find",),
    "environment.py": ("busy",),
    "readable.py": ("unreadable",),
    "catalog.py": ("verify",),
    "verdict.py": ("in_words",),
    "atomic_files.py": ("_why",),
    "inner_files.py": ("__init__",),
    "selection.py": ("_lost",),
    "pin.py": ("read_otherwise",),
    "ownership.py": ("_refusal",),
    "read.py": ("told",),
    "rows.py": ("__post_init__",),
    "encoding.py": ("decode", "_decode_other"),
    "table.py": ("read_table", "_notes", "script"),
    "subtitles.py": ("_script",),
    "timed.py": ("_words", "_and_more"),
    "write.py": ("_notes", "_overruns", "_of_rate", "_untrimmed"),
    "precision.py": ("_why_not",),
    "weights.py": ("why_not",),
    "writing.py": ("_encode",),
    "forms.py": ("choose",),
    "kernel.py": ("find",),
    "compiled_code.py": ("_why_open_on_windows", "_why_others"),
}  # file → functions
_FACTS = ("setup/doctor.py", "system/machine.py")  # what is found on a machine, short or long


def engine_sentences() -> list[str]:
    """What the engine tells users, in the order of the alphabet; {0}, {1} … is filled in there.

    Every user error but those of the command line, the notes of _NOTES, and what the functions in
    _OTHERS return.
    """
    found: set[str | None] = set()
    for path in sorted((ROOT / "engine").rglob("*.py")):
        inside = path.relative_to(ROOT / "engine")
        if inside.parts[0] in _COMMAND_LINE and inside.as_posix() not in _SHOWN:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants: dict[str, str] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                constants[node.targets[0].id] = template(node.value, constants) or ""
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _ERRORS:
                found.add(template(node.args[0], constants))
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in _NOTES:
                found.update(template(argument, constants) for argument in node.args)
            elif isinstance(node, ast.FunctionDef) and node.name in _OTHERS.get(path.name, ()):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                found.update(text for part in body for text in texts_in(part, constants))
    found -= set(left_out())
    # A sentence has words: what is one placeholder, or a piece, is made of others.
    sentences = {t for t in found if t and t[0] != " " and "\n" not in t and t.count(" ") >= 2}
    return sorted(sentences | facts())


def facts() -> set[str]:
    """What the doctor says: in a Finding, or in what `value` or `mend` is set to."""
    found: set[str] = set()
    for name in _FACTS:
        for node in ast.walk(ast.parse((ROOT / "engine" / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                found.update(text for part in node.args for text in said_in(part))
            elif isinstance(node, ast.Assign):
                names = {n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name)}
                if names & {"value", "mend"}:
                    found.update(said_in(node.value))
    return {text for text in found if re.search("[A-Za-z]", re.sub(r"\{\d\}", "", text))}


def said_in(node: ast.expr) -> Iterator[str]:
    """The texts of an expression, but for what it hands to a function."""
    if isinstance(node, ast.Call):
        return
    if (text := template(node, {})) is not None:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from said_in(child)


def left_out() -> list[str]:
    """What readers leave out, as they count it: the first argument of Omissions.add."""
    found = set()
    for path in sorted((ROOT / "engine" / "documents").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("omitted.add"):
                found.add(template(node.args[0], {}))
    return sorted(filter(None, found))


def texts_in(node: ast.AST, constants: dict[str, str]) -> Iterator[str]:
    """Every text under a node, an f-string as a whole."""
    if isinstance(node, ast.expr) and (text := template(node, constants)) is not None:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from texts_in(child, constants)


def template(node: ast.expr, constants: dict[str, str]) -> str | None:
    """A text with {0}, {1} … for what is filled in; None for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.JoinedStr):
        text, count = "", 0
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
            else:
                text += f"{{{count}}}"
                count += 1
        return text
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "format":
        assert isinstance(node.func, ast.Attribute)
        base = template(node.func.value, constants)
        numbers = itertools.count()
        return base and re.sub(r"\{[^}]*\}", lambda _: f"{{{next(numbers)}}}", base)
    return None


def tool(name: str, *arguments: str) -> None:
    """Run one of Qt's programs that come with PySide6."""
    program = Path(PySide6.__file__).parent / name
    subprocess.run([program, *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    (HERE / "engine.txt").write_text("\n".join(engine_sentences()) + "\n", encoding="utf-8")
    for language in LANGUAGES:
        ts = HERE / f"bark-studio_{language}.ts"
        collect(ts)
        release(ts)
