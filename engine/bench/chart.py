"""A chart of a report as SVG: the time of each case against the reference, with its bounds.

Standard library only. Its colours are legible on white and on black.
"""

from __future__ import annotations

import math
from html import escape

from engine.bench import columns
from engine.bench.runner import Values

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 760, 210, 90, 24, 34  # pixels
_COLOURS = {"faster": "#2f9e6e", "slower": "#d9822b", "no difference seen": "#8a8f98"}
_INK = "#7d838c"


def draw(report: Values) -> str:
    """The chart, "" for a report without ratios. The scale is logarithmic: as far to the left is
    as much faster as it is slower to the right."""
    cases = [case for case in report.get("cases", []) if case.get("ratio")]
    if not cases:
        return ""
    lowest = min(case["ratio"]["middle"] for case in cases)
    highest = max(case["ratio"]["middle"] for case in cases)
    low, high = math.log(min(lowest, 0.5) / 1.15), math.log(max(highest, 2.0) * 1.15)
    height = _TOP + _ROW * len(cases) + 12

    def x(ratio: float) -> float:
        place = (math.log(ratio) - low) / (high - low)
        return _LEFT + max(0.0, min(1.0, place)) * (_WIDTH - _LEFT - _RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<text x="{x(1):.1f}" y="14" fill="{_INK}" text-anchor="middle">1: '
        f"{escape(report['reference']['name'])}</text>",
        f'<text x="{_LEFT}" y="28" fill="{_INK}" text-anchor="middle">← faster</text>',
    ]
    for tick in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20):
        if low <= math.log(tick) <= high:
            shown = (
                f'<text x="{x(tick):.1f}" y="28" fill="{_INK}" text-anchor="middle">{tick:g}</text>'
            )
            parts.append(shown)
            parts.append(
                f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{_TOP}" y2="{height - 8}" '
                f'stroke="{_INK}" stroke-opacity="{0.9 if tick == 1 else 0.25}"/>'
            )
    for i, case in enumerate(cases):
        ratio, y = case["ratio"], _TOP + _ROW * i + _ROW / 2
        colour, middle = _COLOURS[ratio["seen"]], x(ratio["middle"])
        ends = x(max(ratio["low"], 1e-9)), x(ratio["high"] or math.inf)
        start, width = min(middle, x(1)), abs(middle - x(1))
        parts += [
            f'<text x="{_LEFT - 12}" y="{y + 4:.1f}" fill="{_INK}" text-anchor="end">'
            f"{escape(case['name'])}</text>",
            f'<rect x="{start:.1f}" y="{y - 7:.1f}" width="{width:.1f}" height="14" '
            f'fill="{colour}" fill-opacity="0.55"/>',
            f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="{colour}" stroke-width="2.5"/>',
            f'<text x="{_WIDTH - _RIGHT + 8}" y="{y + 4:.1f}" fill="{_INK}">'
            f"{columns.of_reference(ratio)}</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])
