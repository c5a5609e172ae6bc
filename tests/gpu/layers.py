"""What the check asks of a device: clocks, counts and memory of CUDA, MPS, or a processor in its
place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch

Values = dict[str, Any]


class Layer:
    """The processor in the place of a device: everything runs, and the figures mean nothing."""

    ways: tuple[str, ...] = ("one", "static", "captured")
    half = "bfloat16"

    def __init__(self) -> None:
        self.device = torch.device("cpu")

    def prepare(self) -> None:
        """Once, before the first part: graphs are noted down and played."""
        from engine.bark import graphs
        from tests.engine.bark.captured import RecordingApi

        graphs.CudaApi = RecordingApi  # type: ignore[assignment, misc]

    def about(self) -> Values:
        """What the device is."""
        return {"name": "a processor in its place", "torch": torch.__version__}

    def wait(self) -> None:
        """Until all work is done."""

    def milliseconds(self, work: Callable[[], object]) -> float:
        """How long the device works on something."""
        start = time.perf_counter()
        work()
        self.wait()
        return (time.perf_counter() - start) * 1000

    def used(self) -> int:
        """Bytes that this program has taken."""
        return 0

    def peak(self, *, begin: bool = False) -> int:
        """The highest of them since it was begun."""
        return 0

    def free(self) -> None:
        """Give back what is kept for later."""

    @contextmanager
    def counted(self) -> Iterator[Values]:
        """Launches, copies and waits of the block."""
        from tests.engine.bark.captured import launches, noting

        counts: Values = {}
        with noting(reads=True) as operations:
            yield counts
        counts.update(launches=launches(operations), copies=0, waits=0)

    @contextmanager
    def no_wait(self) -> Iterator[None]:
        """Whatever makes the host wait is an error."""
        yield

    @contextmanager
    def short_of_memory(self) -> Iterator[None]:
        """There is hardly any left."""
        from engine.bark.transformer import TorchDecoder

        before = TorchDecoder.cache

        def none(*arguments: Any) -> Any:
            raise torch.OutOfMemoryError("CUDA out of memory")

        TorchDecoder.cache = none  # type: ignore[method-assign]
        try:
            yield
        finally:
            TorchDecoder.cache = before  # type: ignore[method-assign]

    def whole_floats_off(self) -> Any:
        """Convolutions round to 10 bits inside: what the codec avoids."""
        return nullcontext()


class Cuda(Layer):
    """An NVIDIA card."""

    half = "float16"

    def __init__(self) -> None:
        self.device = torch.device("cuda", torch.cuda.current_device())

    def prepare(self) -> None:
        torch.cuda.set_device(self.device)

    def about(self) -> Values:
        properties = torch.cuda.get_device_properties(self.device)
        free, total = torch.cuda.mem_get_info()
        return {
            "name": properties.name,
            "generation": f"{properties.major}.{properties.minor}",
            "multiprocessors": properties.multi_processor_count,
            "free_gb": free / 1e9,
            "total_gb": total / 1e9,
            "torch": torch.__version__,
            "cuda": torch.version.cuda,
            "copy_gb_s": self._bandwidth(),
        }

    def _bandwidth(self) -> float:
        """Bytes read and written by a copy on the device, in GB a second."""
        x = torch.empty(2**28, dtype=torch.uint8, device=self.device)
        y = torch.empty_like(x)
        y.copy_(x)
        ms = self.milliseconds(lambda: [y.copy_(x) for _ in range(8)])
        return 8 * 2 * x.nbytes / ms / 1e6

    def wait(self) -> None:
        torch.cuda.synchronize()

    def milliseconds(self, work: Callable[[], object]) -> float:
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        work()
        end.record()
        end.synchronize()
        return float(begin.elapsed_time(end))

    def used(self) -> int:
        return int(torch.cuda.memory_allocated())

    def peak(self, *, begin: bool = False) -> int:
        if begin:
            torch.cuda.reset_peak_memory_stats()
        return int(torch.cuda.max_memory_allocated())

    def free(self) -> None:
        torch.cuda.empty_cache()

    @contextmanager
    def counted(self) -> Iterator[Values]:
        from torch.profiler import ProfilerActivity, profile

        counts: Values = {}
        with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiler:
            yield counts
            self.wait()
        names = {"launches": 0, "copies": 0, "waits": 0}
        for event in profiler.key_averages():
            if event.key.startswith(("cudaLaunchKernel", "cudaGraphLaunch", "cuLaunchKernel")):
                names["launches"] += event.count
            elif event.key.startswith(("cudaMemcpy", "cudaMemset")):
                names["copies"] += event.count
            elif event.key in ("cudaStreamSynchronize", "cudaEventSynchronize"):
                names["waits"] += event.count
        counts.update(names)

    @contextmanager
    def no_wait(self) -> Iterator[None]:
        torch.cuda.set_sync_debug_mode("error")
        try:
            yield
        finally:
            torch.cuda.set_sync_debug_mode("default")

    @contextmanager
    def short_of_memory(self) -> Iterator[None]:
        self.free()
        _, total = torch.cuda.mem_get_info()
        torch.cuda.set_per_process_memory_fraction((self.used() + 2**28) / total)
        try:
            yield
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0)

    @contextmanager
    def whole_floats_off(self) -> Iterator[None]:
        from engine.bark import codec

        before = codec._whole_floats
        codec._whole_floats = lambda device: nullcontext()  # type: ignore[assignment]
        torch.backends.cudnn.allow_tf32 = True
        try:
            yield
        finally:
            codec._whole_floats = before


class Mps(Layer):
    """An Apple card."""

    ways = ("one", "static")
    half = "float16"

    def __init__(self) -> None:
        self.device = torch.device("mps")

    def prepare(self) -> None:
        pass

    def about(self) -> Values:
        total = torch.mps.recommended_max_memory()
        return {"name": "Apple GPU", "total_gb": total / 1e9, "torch": torch.__version__}

    def wait(self) -> None:
        torch.mps.synchronize()

    def used(self) -> int:
        return int(torch.mps.current_allocated_memory())

    def peak(self, *, begin: bool = False) -> int:
        return int(torch.mps.driver_allocated_memory())

    def free(self) -> None:
        torch.mps.empty_cache()

    @contextmanager
    def counted(self) -> Iterator[Values]:
        yield {}

    @contextmanager
    def short_of_memory(self) -> Iterator[None]:
        self.free()
        torch.mps.set_per_process_memory_fraction(0.05)
        try:
            yield
        finally:
            torch.mps.set_per_process_memory_fraction(0.0)


def layer_of(device: str) -> Layer:
    """ "cuda", "mps", or "cpu" for a rehearsal."""
    return {"cuda": Cuda, "mps": Mps, "cpu": Layer}[device]()
