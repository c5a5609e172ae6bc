"""`python -m tests.fake_main …`: the real main.py in a process of its own, with the fake engine."""

from __future__ import annotations

import sys
from pathlib import Path

import main
from engine.cli import models
from engine.engines import Engines
from tests.fake import FakeEngine

Engines._build = lambda self, request: FakeEngine()  # type: ignore[method-assign]
models.find_model = lambda name: Path("model")  # type: ignore[assignment]
sys.exit(main.main())
