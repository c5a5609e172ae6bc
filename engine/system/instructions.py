"""What this processor can do, in the words of Linux, less what the user leaves out.

`BARK_STUDIO_WITHOUT` names instructions that compiled code is to do without: with
"avx512f avx_vnni" a processor is one with AVX2 alone.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

WITHOUT = "BARK_STUDIO_WITHOUT"


def left_out() -> set[str]:
    """What BARK_STUDIO_WITHOUT names."""
    return set(re.split(r"[\s,]+", os.environ.get(WITHOUT, ""))) - {""}


def listed() -> set[str] | None:
    """What Linux lists, left out or not; None on a system that has no list."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(("flags", "Features")):
            return set(line.partition(":")[2].split())
    return set()
