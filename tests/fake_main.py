"""`python -m tests.fake_main …`: the real main.py in a process of its own, with the fake engine."""

from __future__ import annotations

import sys
from pathlib import Path

import main
from engine.engines import Engines
from tests.fake import FakeEngine

Engines._build = lambda self, request: FakeEngine()  # type: ignore[method-assign]
main.find_model = lambda name: Path("model")
sys.exit(main.main())
