"""Draws the folders and who imports whom: python docs/architecture.py writes architecture.svg, and
the list of folders and of the files beside them in architecture.md."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
HEAD = "## What a folder asks\n"


def rooms() -> dict[str, str]:
    """Folder → the first sentence of what it says of itself."""
    found = {}
    for package in ("engine", "gui"):
        for file in sorted((ROOT / package).glob("*/__init__.py")):
            found[f"{package}/{file.parent.name}"] = _says(file)
    return found


def loose() -> dict[str, str]:
    """File beside the folders → the first sentence of what it says of itself."""
    return {
        f"{package}/{file.name}": _says(file)
        for package in ("engine", "gui")
        for file in sorted((ROOT / package).glob("*.py"))
        if file.name != "__init__.py"
    }


def _says(file: Path) -> str:
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    first = " ".join(text.split("\n\n")[0].split())
    return f"{first[:-1]}." if first.endswith(":") else first


def _room(module: str) -> str:
    parts = module.split(".")
    return "/".join(parts[:2]) if parts[0] in ("engine", "gui") and len(parts) > 1 else ""


def imports() -> set[tuple[str, str]]:
    """Pairs of folders of which the first imports the second."""
    found = set()
    known = rooms()
    for name in known:
        for file in (ROOT / name).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                modules = []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules = [node.module, *(f"{node.module}.{n.name}" for n in node.names)]
                elif isinstance(node, ast.Import):
                    modules = [n.name for n in node.names]
                for other in map(_room, modules):
                    if other in known and other != name:
                        found.add((name, other))
    return found


def layers(names: list[str], pairs: set[tuple[str, str]]) -> list[list[str]]:
    """Names in rows: whoever imports stands above whom he imports."""
    depth: dict[str, int] = {}

    def of(name: str) -> int:
        if name not in depth:
            depth[name] = 0
            depth[name] = max((of(b) + 1 for a, b in pairs if a == name and b in names), default=0)
        return depth[name]

    for name in names:
        of(name)
    return [[n for n in names if depth[n] == d] for d in range(max(depth.values()), -1, -1)]


def _nearest(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Arrows that no way over others says already."""
    below: dict[str, set[str]] = {}
    for a, b in pairs:
        below.setdefault(a, set()).add(b)

    def reached(a: str, seen: set[str]) -> set[str]:
        for b in below.get(a, ()):
            if b not in seen:
                seen.add(b)
                reached(b, seen)
        return seen

    return {(a, b) for a, b in pairs if not any(b in reached(c, set()) for c in below[a] if c != b)}


def picture() -> str:
    """The SVG."""
    width, wide, high, step = 1000, 118, 30, 58
    pairs, names = imports(), list(rooms())
    rows = [
        row
        for package in ("gui", "engine")
        for row in layers([n for n in names if n.startswith(package)], pairs)
    ]
    at = {}
    for y, row in enumerate(rows):
        for x, name in enumerate(row):
            at[name] = (width * (x + 1) / (len(row) + 1), 30 + y * step)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {len(rows) * step + 20}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{len(rows) * step + 20}" fill="#fff"/>',
    ]
    for a, b in sorted(_nearest(pairs)):
        (x1, y1), (x2, y2) = at[a], at[b]
        lines.append(
            f'<line x1="{x1:.0f}" y1="{y1 + high / 2:.0f}" x2="{x2:.0f}" y2="{y2 - high / 2:.0f}" '
            'stroke="#9aa5b1"/>'
        )
    for name, (x, y) in at.items():
        fill = "#e3f0ff" if name.startswith("gui") else "#eef6e6"
        lines += [
            f'<rect x="{x - wide / 2:.0f}" y="{y - high / 2:.0f}" width="{wide}" height="{high}" '
            f'rx="5" fill="{fill}" stroke="#52606d"/>',
            f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{html.escape(name)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def page(text: str) -> str:
    """architecture.md with the list of folders and files as they are."""
    listed = "".join(
        f"- [`{name}/`](../{name}/__init__.py): {asks}\n" for name, asks in rooms().items()
    )
    files = "".join(f"- [`{name}`](../{name}): {says}\n" for name, says in loose().items())
    listed += f"\nBeside the folders, for all of them:\n\n{files}"
    return re.sub(f"{HEAD}.*", lambda _: f"{HEAD}\n{listed}", text, flags=re.DOTALL)


if __name__ == "__main__":
    (DOCS / "architecture.svg").write_text(picture(), encoding="utf-8")
    file = DOCS / "architecture.md"
    file.write_text(page(file.read_text(encoding="utf-8")), encoding="utf-8")
