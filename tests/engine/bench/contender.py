"""A contender that needs no framework; its description says how it behaves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import count

from engine.bench import runner
from engine.errors import UserError


def prepare(description: runner.Values) -> Callable[[], runner.Values]:
    print("what a library says while it loads")
    if description.get("refuses"):
        raise UserError("no such model")
    counter = count(1)

    def run() -> runner.Values:
        os.system("echo what a library says while it works")
        if description.get("dies"):
            os.abort()
        start = time.time()
        time.sleep(description.get("seconds", 0))
        return {"pid": os.getpid(), "run": next(counter), "from": start, "to": time.time()}

    return run


if __name__ == "__main__":
    runner.serve(prepare)
