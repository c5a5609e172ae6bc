"""Compiled functions by name and shape: built once, in the background, counted and timed."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from engine.api import CompileCost, Progress, Report
from engine.measure import return_buffers

Wanted = tuple[Callable[..., Any], Callable[[], tuple[Any, ...]]]  # function, its example

TICK = 0.1  # seconds between two reports while XLA compiles


@dataclass(frozen=True, slots=True)
class Compiled:
    """A function for one set of shapes; other shapes raise. trace, compile: seconds it took."""

    call: Callable[..., Any]
    trace: float
    compile: float


class Compiler:
    """XLA's compiled functions, kept for as long as the engine lives.

    They are compiled on a thread of their own: the caller keeps reporting meanwhile, may stop, and
    finds the function ready, or nearly so, the next time.
    """

    def __init__(self, device: str, *, eager: bool = False) -> None:
        self._device, self._eager = device, eager
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="xla")
        self._functions: dict[Hashable, Future[Compiled]] = {}
        self.cost = CompileCost()

    def start_counting(self) -> None:
        """Set the cost back to nothing."""
        self.cost = CompileCost()

    def get(
        self,
        wanted: dict[Hashable, Wanted],
        report: Report,
    ) -> list[Callable[..., Any]]:
        """Compiled functions, in the order of `wanted`: key → (function, example).

        example() makes arguments of the right shapes; the function is called with them to compile
        it. Reports "compile" until all are ready; what `report` raises leaves the compilation
        running to its end. An eager compiler returns the functions as they are.
        """
        if self._eager:
            return [function for function, _ in wanted.values()]
        missing = [key for key in wanted if key not in self._functions]
        for key in missing:
            self._functions[key] = self._thread.submit(self._compile, *wanted[key])
        futures = [self._functions[key] for key in wanted]
        while waiting := wait(futures, timeout=TICK).not_done:
            done = len(futures) - len(waiting)
            report(Progress(stage="compile", done=done, total=len(futures)))
        for key, future in zip(wanted, futures, strict=True):
            if future.exception() is not None:
                del self._functions[key]  # the next request tries again
        for future in futures:
            future.result()
        built = [self._functions[key].result() for key in missing]
        self.cost = CompileCost(
            hits=self.cost.hits + len(wanted) - len(missing),
            misses=self.cost.misses + len(missing),
            trace=self.cost.trace + sum(function.trace for function in built),
            compile=self.cost.compile + sum(function.compile for function in built),
        )
        return [future.result().call for future in futures]

    def _compile(
        self, function: Callable[..., Any], example: Callable[[], tuple[Any, ...]]
    ) -> Compiled:
        import tensorflow as tf

        with tf.device(self._device):
            arguments = example()
            start = time.perf_counter()
            compiled = tf.function(function, jit_compile=True, autograph=False)
            concrete = compiled.get_concrete_function(*arguments)
            traced = time.perf_counter()
            concrete(*arguments)
            compiled_at = time.perf_counter()
            # The first real run touches code and buffers for the first time: not the user's.
            concrete(*arguments)
        ran = time.perf_counter() - compiled_at
        return_buffers()  # LLVM took a few hundred megabytes
        return Compiled(concrete, traced - start, max(0.0, compiled_at - traced - ran))

    def close(self) -> None:
        """Forget all functions. A compilation that runs is waited for."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._functions.clear()


def use_persistent_cache(folder: Path) -> None:
    """Let XLA keep compiled code in a folder, and read it in later starts.

    Must be called before TensorFlow is imported. Machine code of another processor or release is
    kept apart, because XLA would load it all the same.
    """
    machine = sha256(f"{platform.machine()} {_processor()}".encode()).hexdigest()[:12]
    folder = folder / machine
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.environ.get("TF_XLA_FLAGS", "")
    if "tf_xla_persistent_cache_directory" not in flags:
        flags += f" --tf_xla_persistent_cache_directory={folder}"
        os.environ["TF_XLA_FLAGS"] = flags.strip()


def _processor() -> str:
    """What tells processors with different instructions apart."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line for line in lines if line.startswith(("flags", "Features")))
    except (OSError, StopIteration):
        return platform.processor()
