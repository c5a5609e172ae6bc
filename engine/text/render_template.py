"""The process in which chat templates are rendered: `python -m engine.text.render_template`.

A line of JSON comes for each chat, and one goes back. Where the system knows limits it sets them
upon itself: it writes no file, and works no longer than it may even when its parent is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

_ROOM = 2**30  # bytes of addresses; the parent looks at the memory itself


def serve() -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints does not go between the answers
    try:
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError as error:
        missing = str(error)
    else:
        missing = ""
    _limit_files()

    def answer(values: dict[str, str]) -> None:
        answers.write(json.dumps(values).encode() + b"\n")
        answers.flush()

    answer({"here": ""})
    for line in sys.stdin.buffer:
        order = json.loads(line)
        if missing:
            answer({"missing": missing})
            continue
        _limit_work(order["seconds"])
        try:
            answer({"text": _rendered(ImmutableSandboxedEnvironment, order)})
        except Exception as error:  # a template is a program, with as many errors as there are
            answer({"broken": str(error)[:500] or type(error).__name__})


def _rendered(environment: Any, order: dict[str, Any]) -> str:
    """The text. Raises whatever a template raises, and ValueError where it is too long."""
    sandbox = environment(trim_blocks=True, lstrip_blocks=True)
    sandbox.globals["raise_exception"] = _refuse
    template = sandbox.from_string(order["template"])
    pieces, length = [], 0
    for piece in template.generate(
        messages=order["messages"], add_generation_prompt=True, **order["names"]
    ):
        pieces.append(piece)
        length += len(piece)
        if length > order["most"]:
            raise ValueError(f"it makes more than {order['most']} letters")
    return "".join(pieces)


def _refuse(message: str) -> None:
    """What templates call to say that they cannot."""
    raise ValueError(message)


def _limit_files() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
            resource.setrlimit(kind, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))


def _limit_work(seconds: float) -> None:
    """So much more of the processor than until now, and some."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime + 2 * seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    serve()
