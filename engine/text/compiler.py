"""Compiled functions by name and shape: built once, in the background, counted and timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.api import CompileCost, Progress, Report
from engine.system import compiled_code
from engine.system.memory import return_buffers, return_libraries
from engine.text.xla_cache import Cache, seal_new

if TYPE_CHECKING:
    from engine.text.compile_cache import Exports

TICK = 0.1  # seconds between two reports while XLA compiles
THREADS = 2  # XLA compiles on all cores, but what it finds on the disk it reads on one


class Wanted(NamedTuple):
    """A function to compile.

    example: makes arguments of its shapes; as XLA compiles a function when it is called, they
    should ask for little work. result: arguments → anything of the structure of its result.
    """

    function: Callable[..., Any]
    example: Callable[[], tuple[Any, ...]]
    result: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A function for one set of shapes; other shapes raise. trace: seconds until XLA had it."""

    call: Callable[..., Any]
    trace: float


class Compiler:
    """XLA's compiled functions, kept for as long as the engine lives.

    They are compiled on threads of their own: the caller keeps reporting meanwhile, may stop, and
    finds the function ready, or nearly so, the next time. exports: where they are kept between
    starts. cache: where XLA keeps their machine code.
    """

    def __init__(
        self,
        device: str,
        *,
        exports: Exports | None = None,
        cache: Cache | None = None,
        eager: bool = False,
    ) -> None:
        self._device, self._exports, self._eager = device, exports, eager
        self._cache = cache or Cache()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="xla")
        self._functions: dict[Hashable, Future[Compiled]] = {}
        self.start_counting()

    def start_counting(self) -> None:
        """Set the cost back to nothing."""
        self.cost = CompileCost(note=self._cache.note)

    def get(self, wanted: dict[Hashable, Wanted], report: Report) -> list[Callable[..., Any]]:
        """Compiled functions, in the order of `wanted`.

        Reports "compile" until all are ready; what `report` raises leaves the compilation running
        to its end. An eager compiler returns the functions as they are.
        """
        if self._eager:
            return [want.function for want in wanted.values()]
        missing = [key for key in wanted if key not in self._functions]
        start = time.perf_counter()
        for key in missing:
            self._functions[key] = self._threads.submit(self._compile, key, wanted[key])
        futures = [self._functions[key] for key in wanted]
        while waiting := wait(futures, timeout=TICK).not_done:
            done = len(futures) - len(waiting)
            report(Progress(stage="compile", done=done, total=len(futures)))
        for key, future in zip(wanted, futures, strict=True):
            if future.exception() is not None:
                del self._functions[key]  # the next request tries again
        for future in futures:
            future.result()
        waited = time.perf_counter() - start
        # They are traced side by side, and each waits for the others: the last one counts.
        trace = max((self._functions[key].result().trace for key in missing), default=0.0)
        self.cost = CompileCost(
            hits=self.cost.hits + len(wanted) - len(missing),
            misses=self.cost.misses + len(missing),
            trace=self.cost.trace + trace,
            compile=self.cost.compile + (waited - trace if missing else 0.0),
            note=self._cache.note,
        )
        return [future.result().call for future in futures]

    def _compile(self, key: Hashable, want: Wanted) -> Compiled:
        import tensorflow as tf

        with tf.device(self._device):
            arguments = want.example()
            start = time.perf_counter()
            call, path = self._trace(key, want, arguments)
            traced = time.perf_counter()
            try:
                call(*arguments)
            except tf.errors.OpError as error:
                if refusal := self._cache.refusal(error):
                    raise refusal from error
                if path is None or not compiled_code.remove(path):
                    raise
                return self._compile(key, want)  # of another build of TensorFlow: make it anew
        if self._cache.folder is not None:
            seal_new(self._cache.folder)
        return_buffers()  # LLVM took a few hundred megabytes
        if path is None:  # and not only read what it made earlier
            return_libraries(Path(tf.__file__).parent)
        return Compiled(call, traced - start)

    def _trace(
        self, key: Hashable, want: Wanted, arguments: tuple[Any, ...]
    ) -> tuple[Callable[..., Any], Path | None]:
        """The function that XLA compiles at its first call, and the file it came from, if any."""
        import tensorflow as tf

        if self._exports is not None:
            path = self._exports.path(key, want.function, arguments)
            if (call := self._exports.load(path, want.result)) is not None:
                return call, path
            with suppress(OSError):  # no place for the little that it needs meanwhile
                return self._exports.save(path, want.function, arguments, want.result), None
        function = tf.function(want.function, jit_compile=True, autograph=False)
        return function.get_concrete_function(*arguments), None

    def close(self) -> None:
        """Forget all functions. A compilation that runs is waited for."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._functions.clear()
