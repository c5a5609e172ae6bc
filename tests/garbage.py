"""Once a test of the window has run, garbage is looked for between tests, on the main thread alone,
as in the window: what such a test leaves lives on that thread, and Python looks on whatever thread
of whatever later test asks for memory. What ends there takes all tests with it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest

from engine.system.responsiveness import searched_here

_session = ExitStack()
_look: list[Callable[[], None]] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if not _look and (item.nodeid.startswith("tests/gui/") or "qapp" in item.fixturenames):
        _look.append(_session.enter_context(searched_here()))
    done = yield
    for look in _look:  # here pytest has let go of what the test was given
        look()
    return done


@pytest.hookimpl
def pytest_unconfigure() -> None:
    _look.clear()
    _session.close()
