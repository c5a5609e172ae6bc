"""The three transformers learn.

    train.py WORK semantic --steps 8000
    train.py WORK coarse --steps 20000
    train.py WORK fine --steps 8000
    train.py WORK semantic --steps 4000 --init FOLDER --japanese 0.6

Goes on from WORK/STAGE.pt, with the very numbers of a training that was never stopped: what a step
draws depends on --seed and its number alone. A later command may give more steps. The rate of
learning follows the steps, never the clock; --hours is a limit, after which the command can be
given again.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import shards
import torch
from coarse import Coarse
from fine import FineStage
from layout import Sizes
from muon import Muon
from safetensors.torch import load_file
from semantic import Semantic

STAGES: dict[str, Any] = {"semantic": Semantic, "coarse": Coarse, "fine": FineStage}
NAMES = {"semantic": "semantic", "coarse": "coarse_acoustics", "fine": "fine_acoustics"}
FLAT = 0.4  # share of the steps at the full rate
WARM = 60  # steps until it
GROW = 0.05  # share of the steps until rows of every length come
SAVE = 120  # seconds


def factor(step: int, steps: int) -> float:
    """Of the rate: up at first, flat, then a cosine down to 2 %."""
    done = min(1.0, max(0.0, (step / steps - FLAT) / (1 - FLAT)))
    return min(1.0, (step + 1) / WARM) * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2)


class Training:
    """A stage, its optimizers, and the average of its weights."""

    def __init__(self, stage: Any, device: torch.device) -> None:
        self.stage, self.device = stage, device
        self.model: torch.nn.Module = stage.model.to(device)
        slow = list(stage.slow())
        named = [(n, p) for n, p in self.model.named_parameters() if all(p is not q for q in slow)]
        inner = [p for n, p in named if ".layers." in f".{n}" and p.ndim == 2]
        others = [p for _, p in named if all(p is not q for q in inner)]
        betas, rate = (0.9, 0.98), stage.rate
        self.optimizers: list[tuple[torch.optim.Optimizer, float]] = [
            (Muon(inner, rate, 0.05), 1.6 * rate),
            (torch.optim.AdamW(others, rate, betas=betas, weight_decay=0.01), rate),
        ]
        if slow:
            adam = torch.optim.AdamW(slow, rate, betas=betas, weight_decay=0.0)
            self.optimizers.append((adam, rate / 3))
        self.step = 0
        self.average = {k: v.detach().clone() for k, v in self.model.state_dict().items()}

    def one(self, seed: int, steps: int) -> float:
        """One step; the mean loss."""
        torch.manual_seed(seed * 1_000_003 + self.step)
        draw = random.Random(f"{seed} {self.step}")
        batch = self.stage.batch(draw, self.step / (GROW * steps))
        batch = tuple(part.to(self.device) for part in batch)
        for optimizer, full in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = full * factor(self.step, steps)
        with torch.autocast(self.device.type, torch.bfloat16):
            loss, mean = self.stage.loss(batch)
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer, _ in self.optimizers:
            optimizer.step()
        with torch.no_grad():
            for key, value in self.model.state_dict().items():
                self.average[key].lerp_(value, 1 - min(0.99, self.step / (self.step + 10)))
        self.step += 1
        return float(mean.detach())

    def save(self, path: Path) -> None:
        """Write all that the next step needs, whole or not at all."""
        state = {
            "model": self.model.state_dict(), "average": self.average, "step": self.step,
            "optimizers": [optimizer.state_dict() for optimizer, _ in self.optimizers],
        }  # fmt: skip
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        state = torch.load(path, weights_only=True, map_location=self.device)
        self.model.load_state_dict(state["model"])
        for (optimizer, _), values in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        self.average, self.step = state["average"], state["step"]

    def begin_from(self, folder: Path, name: str) -> None:
        """Start with the weights of a checkpoint, which need not be this recipe's."""
        found = load_file(folder / "model.safetensors")
        prefix = f"{NAMES[name]}."
        self.stage.model.take(
            {k.removeprefix(prefix): v.float() for k, v in found.items() if k.startswith(prefix)}
        )
        self.average = {k: v.detach().clone() for k, v in self.model.state_dict().items()}


def held_out(stage: Any, device: torch.device) -> float:
    """Mean loss of a stage whose data are the held-out sentences."""
    draw, found = random.Random(0), []
    torch.manual_seed(0)
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
        for _ in range(4):
            batch = tuple(part.to(device) for part in stage.batch(draw, 1.0))
            found.append(stage.losses(batch))
    return float(torch.cat(found).mean())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("stage", choices=tuple(STAGES))
    parser.add_argument("--steps", type=int, required=True, help="of the whole training")
    parser.add_argument("--stop", type=int, help="stop after this step")
    parser.add_argument("--hours", type=float, default=math.inf, help="stop after so many")
    parser.add_argument("--init", type=Path, help="a checkpoint folder to start from")
    parser.add_argument("--japanese", type=float, default=0.0, help="share of what is drawn")
    parser.add_argument("--rate", type=float, default=1.0, help="of learning, of the stage's own")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--check", type=int, default=200, help="steps from check to check")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device, sizes = torch.device(args.device), Sizes.of(args.work)
    stage = STAGES[args.stage](args.work, sizes, japanese=args.japanese)
    stage.rate *= args.rate
    training = Training(stage, device)
    others = []
    for language in ("en", "ja") if args.japanese else ("en",):
        kind = shards.kind("held-out", language)
        others.append((kind, STAGES[args.stage](args.work, sizes, kind)))
        others[-1][1].model.to(device)
    stored = args.work / f"{args.stage}.pt"
    if stored.exists():
        training.load(stored)
    elif args.init:
        training.begin_from(args.init, args.stage)
    count = sum(p.numel() for p in training.model.parameters())
    print(f"{count / 1e6:.2f} M weights, from step {training.step}", flush=True)
    begun = saved = time.time()
    recent: list[float] = []
    last = min(args.steps, args.stop or args.steps)
    while training.step < last and time.time() - begun < 3600 * args.hours:
        recent.append(training.one(args.seed, args.steps))
        if training.step % 50 == 0 or training.step == last:
            line = f"step {training.step} loss {np.mean(recent[-50:]):.4f}"
            if training.step % args.check == 0 or training.step == last:
                for kind, other in others:
                    other.model.load_state_dict(training.average)
                    line += f" {kind} {held_out(other, device):.4f}"
            print(f"{line} {time.process_time():.0f} CPU s", flush=True)
        if time.time() - saved > SAVE:
            training.save(stored)
            saved = time.time()
    training.save(stored)


if __name__ == "__main__":
    main()
