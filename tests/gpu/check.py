"""Everything about this program that only an accelerator can tell, in five minutes at most.

    python3 tests/gpu/check.py [--device cuda|mps] [--out FOLDER]

It needs Python, torch, transformers, tokenizers, safetensors, accelerate, numpy and psutil as they
are on the machine: no set-up, no window, no network. It prints a Markdown table and writes it to
FOLDER/check.md, and all figures to FOLDER/check.json. A part that fails or takes too long is noted,
and the others go on. `--device cpu` rehearses it on a processor, where the figures mean nothing.

The parts run in a child, one after the other; a part that hangs or loses the device costs that
child alone, and a fresh one goes on with the next.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

SECONDS = 290  # of everything
_PATIENCE = 5  # times as long may parts take on a processor, which has other work as well
_MARK = "\x1e"  # begins a line that is for the parent

Values = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    """The command line; 0 where every part came to its end."""
    parser = argparse.ArgumentParser(description="check this program on an accelerator")
    parser.add_argument("--device", choices=("cuda", "mps", "cpu"), default="cuda")
    parser.add_argument("--out", type=Path, default=Path(), help="folder of check.md, check.json")
    parser.add_argument("--only", default="", help="names of parts, with commas between them")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of everything")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child is not None:
        return child(args.device, args.child.split(","))
    report = check(args.device, [name for name in args.only.split(",") if name], args.seconds)
    args.out.mkdir(parents=True, exist_ok=True)
    table = as_markdown(report)
    (args.out / "check.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (args.out / "check.md").write_text(table, encoding="utf-8")
    print(table, flush=True)
    return 0 if all("failed" not in part for part in report["parts"].values()) else 1


# ── the parent ────────────────────────────────────────────────────────────────────────────────


def check(device: str, only: list[str], seconds: float) -> Values:
    """Run the parts; what came of each, ready for JSON."""
    from tests.gpu.parts import PARTS

    times = _PATIENCE if device == "cpu" else 1
    limits = {p.__name__: limit * times for p, limit in PARTS if not only or p.__name__ in only}
    about = {part.__name__: (part.__doc__ or "").partition("\n\n")[0] for part, _ in PARTS}
    end = time.monotonic() + seconds
    parts: dict[str, Values] = {}
    waiting = list(limits)
    while waiting:
        run = Run(device, waiting)
        try:
            for name in list(waiting):
                parts[name] = run.part(name, limits[name], end - time.monotonic())
                waiting.remove(name)
                if "failed" in parts[name] and not run.alive:
                    break
        finally:
            run.end()
    return {
        "device": device,
        "seconds": seconds - (end - time.monotonic()),
        "parts": {name: {"about": about[name], **parts[name]} for name in limits},
    }


def child_command(device: str, names: list[str]) -> list[str]:
    """What starts a child that works through parts."""
    program = str(Path(__file__).resolve())
    return [sys.executable, program, "--device", device, "--child", ",".join(names)]


class Run:
    """A child that works through parts."""

    START = 60  # seconds until it has imported everything: torch may come from a cold disk

    def __init__(self, device: str, names: list[str]) -> None:
        self._process = subprocess.Popen(
            child_command(device, names),
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._lines: queue.SimpleQueue[Values | None] = queue.SimpleQueue()
        assert self._process.stdout is not None
        stream = self._process.stdout
        self._reader = threading.Thread(target=self._pass_on, args=(stream,), daemon=True)
        self._reader.start()
        self.alive = True
        self._ready = False

    def _pass_on(self, stream: IO[str]) -> None:
        for line in stream:
            if line.startswith(_MARK):
                self._lines.put(json.loads(line[1:]))
            else:
                print(line, end="", file=sys.stderr, flush=True)
        self._lines.put(None)

    def part(self, name: str, limit: float, left: float) -> Values:
        """What came of the next part, which has to be of this name. limit: seconds for itself;
        left: for everything, and so for the child's start."""
        start = time.monotonic()
        if left <= 0:
            self.alive = False
            return {"failed": "no time was left"}
        try:
            if not self._ready:
                patience = min(self.START, left)
                self._ready = self._lines.get(timeout=patience) is not None
                left -= time.monotonic() - start
                start = time.monotonic()
            patience = min(limit, max(0.0, left))
            answer = self._lines.get(timeout=patience) if self._ready else None
        except queue.Empty:
            self.end()
            return {"failed": f"stopped after {patience:.0f} s"}
        if answer is None:
            self.end()
            return {"failed": "the process ended"}
        if answer.pop("lost", False):
            self.end()
        return {**answer, "seconds": round(time.monotonic() - start, 2)}

    def end(self) -> None:
        """Stop the child, wherever it is."""
        self.alive = False
        self._process.kill()
        self._process.wait()
        self._reader.join()  # the pipe has ended with the child
        assert self._process.stdout is not None
        self._process.stdout.close()


# ── the child ─────────────────────────────────────────────────────────────────────────────────


def child(device: str, names: list[str]) -> int:
    """Do the parts and tell the parent, a line each."""
    import torch

    from tests.gpu.layers import layer_of
    from tests.gpu.parts import PARTS, REHEARSAL, Sizes

    layer = layer_of(device)
    layer.prepare()
    tell({})
    sizes = REHEARSAL if device == "cpu" else Sizes()
    by_name = {part.__name__: part for part, _ in PARTS}
    for name in names:
        answer: Values
        try:
            with torch.inference_mode():
                answer = {"figures": by_name[name](layer, sizes)}
        except BaseException as error:  # also what a library raises to end a program
            traceback.print_exc()
            answer = {"failed": f"{type(error).__name__}: {error}".partition("\n")[0]}
            answer["lost"] = _is_lost(layer, error)
        tell(answer)
        try:
            layer.free()
        except RuntimeError:
            return 1
    return 0


def _is_lost(layer: Any, error: BaseException) -> bool:
    """Whether the device does not answer any more: the next part needs another process."""
    try:
        layer.wait()
        return isinstance(error, (SystemExit, KeyboardInterrupt))
    except RuntimeError:
        return True


def tell(values: Values) -> None:
    """One line to the parent."""
    print(_MARK + json.dumps(values, default=str), flush=True)


# ── the table ─────────────────────────────────────────────────────────────────────────────────


def as_markdown(report: Values) -> str:
    """All figures as one table."""
    lines = [
        f"Check on {report['device']}, {report['seconds']:.0f} s in all.",
        "",
        "| part | what | figure |",
        "|---|---|---|",
    ]
    for name, part in report["parts"].items():
        if "failed" in part:
            lines.append(f"| {name} | **failed** | {_cell(part['failed'])} |")
        for key, value in part.get("figures", {}).items():
            if isinstance(value, dict):
                value = "; ".join(f"{k}: {_figure(v)}" for k, v in value.items())
            lines.append(f"| {name} | {_cell(key)} | {_cell(_figure(value))} |")
        if "seconds" in part:
            lines.append(f"| {name} | took | {part['seconds']} s |")
    return "\n".join([*lines, ""])


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return " and ".join(_figure(v) for v in value)
    return str(value)


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
