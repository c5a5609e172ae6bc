"""The three transformers learn.

    train.py WORK semantic --until 22:00
    train.py WORK coarse --until 22:00
    train.py WORK fine --until 22:00

Inputs are exactly those of generation: the fixed text prompt, the windows with their histories and
pads, one codebook after the other. Goes on from WORK/STAGE.pt.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from typing import Any

import clock
import numpy as np
import text
import torch
from codes import BANDS, BOOKS, SIZE
from layout import (
    BLOCK,
    COARSE_BOOKS,
    COARSE_HISTORY,
    COARSE_NEW,
    COARSE_SEMANTIC,
    FINE_WINDOW,
    RATIO,
    WIDTH,
    Layout,
    rows_of,
)
from model import Causal, Fine, Muon
from torch import Tensor, nn
from torch.nn import functional as F

FRAMES = RATIO // COARSE_BOOKS  # of a semantic id
COARSE_IDS = COARSE_HISTORY + COARSE_NEW
WRONG = 0.08  # share of the codes a coarse window holds
OWN, OWN_TEMPERATURE = 0.9, 0.35  # up to this share of them are what the model itself would say
NOTHING = -100  # a target that does not count


class Semantic:
    """Text → semantic ids, loss on every id and the end."""

    rows, rate = 20, 0.003

    def __init__(self, work: Path, layout: Layout, kinds: tuple[str, ...]) -> None:
        self.work, self.layout, self.kinds = work, layout, kinds
        self.model: nn.Module = Causal(layout.infer + 1, layout.semantic + 1, BLOCK)
        self.tokenizer = text.tokenizer()
        self.data: list[tuple[list[int], list[int]]] = []
        self.seen: set[Path] = set()
        self.queue: list[list[int]] = []

    def refresh(self) -> None:
        """Take in shards that are new."""
        for kind in self.kinds:
            for path in sorted((self.work / kind).glob("????.npz")):
                if path in self.seen:
                    continue
                self.seen.add(path)
                for row in rows_of(path):
                    ids = self.tokenizer.encode(row["text"]).ids
                    tokens = self.layout.tokens(row["units"], row["counts"])
                    if len(ids) <= text.LONGEST and len(tokens) < BLOCK - text.LONGEST - 1:
                        self.data.append((ids, tokens))

    def batch(self) -> tuple[Tensor, Tensor]:
        """(rows, 2 · LONGEST + 1 + length) ids, and their targets (rows, length)."""
        if not self.queue:  # an epoch, in batches of like lengths
            order = list(range(len(self.data)))
            random.shuffle(order)
            for start in range(0, len(order), 20 * self.rows):
                near = sorted(order[start:][: 20 * self.rows], key=lambda i: len(self.data[i][1]))
                self.queue += [near[i:][: self.rows] for i in range(0, len(near), self.rows)]
            random.shuffle(self.queue)
        return self.collate([self.data[i] for i in self.queue.pop()])

    def collate(self, picked: list[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor]:
        layout, longest = self.layout, max(len(tokens) for _, tokens in picked)
        inputs, targets = [], []
        for ids, tokens in picked:
            words = [i + layout.text_offset for i in ids]
            words += [layout.text_pad] * (text.LONGEST - len(words))
            history: list[int] = []
            if random.random() < 0.15:  # a voice: the end of another sentence
                history = random.choice(self.data)[1][-text.LONGEST :]
            history = history + [layout.semantic] * (text.LONGEST - len(history))
            more = [layout.semantic] * (longest - len(tokens))
            inputs.append([*words, *history, layout.infer, *tokens, *more])
            targets.append([*tokens, layout.semantic, *[NOTHING] * len(more)])
        return torch.tensor(inputs), torch.tensor(targets)

    def losses(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """(targets,) losses in nats."""
        long = text.LONGEST
        x = self.model.input_embeds_layer(inputs)
        x = torch.cat([x[:, :long] + x[:, long : 2 * long], x[:, 2 * long :]], 1)
        hidden = self.model(x, long)
        return _losses(self.model.lm_head(hidden), targets)


class Windows:
    """Semantic ids and codes of all sound, one stream for each shard."""

    def __init__(self, work: Path, layout: Layout, kinds: tuple[str, ...]) -> None:
        self.work, self.layout, self.kinds = work, layout, kinds
        self.streams: list[tuple[Tensor, Tensor, Tensor]] = []  # semantic, codes, sentence ends
        self.seen: set[Path] = set()
        self.model: nn.Module

    def refresh(self) -> None:
        """Take in shards that are new."""
        for kind in self.kinds:
            for path in sorted((self.work / kind).glob("*.codes.npy")):
                if path in self.seen:
                    continue
                self.seen.add(path)
                ids: list[int] = []
                ends = []
                for row in rows_of(path.with_name(path.name.replace(".codes.npy", ".npz"))):
                    ids += self.layout.tokens(row["units"], row["counts"])
                    ends.append(len(ids))
                codes = torch.from_numpy(np.load(path)).long()
                assert codes.shape[1] == len(ids) * FRAMES, path
                self.streams.append((torch.tensor(ids), codes, torch.tensor(ends)))

    def place(self) -> tuple[Tensor, Tensor, int, int]:
        """A stream, a semantic id of it to start from, and the end of that sentence."""
        semantic, codes, ends = random.choices(
            self.streams, [len(stream[0]) for stream in self.streams]
        )[0]
        at = random.randrange(len(semantic) - FINE_WINDOW)
        sentence = int(torch.searchsorted(ends, at, right=True))
        end = int(ends[sentence])
        if random.random() < 0.12:
            at = int(ends[sentence - 1]) if sentence else 0
        return semantic, codes, at, end


def similar(work: Path) -> Tensor:
    """First embeddings of the codes, (BOOKS, SIZE, WIDTH): alike where their centroids are."""
    books = torch.from_numpy(np.load(work / "books.npy"))
    axes = torch.linalg.qr(torch.randn(WIDTH, BANDS))[0]
    return books / books.norm(dim=2).mean(1)[:, None, None] @ axes.T * 0.6


class Coarse(Windows):
    """Semantic ids → the first codebooks, loss on every code of a window."""

    rows, rate = 28, 0.003

    def __init__(self, work: Path, layout: Layout, kinds: tuple[str, ...]) -> None:
        super().__init__(work, layout, kinds)
        positions = COARSE_SEMANTIC + 1 + COARSE_IDS
        self.model = Causal(layout.coarse_infer + 1, layout.coarse_pad, positions)
        with torch.no_grad():
            for book, like in enumerate(similar(work)[:COARSE_BOOKS]):
                first = layout.semantic + book * SIZE
                self.model.input_embeds_layer.weight[first : first + SIZE] += like
                self.model.lm_head.weight[first : first + SIZE] += like

    def batch(self) -> tuple[Tensor, Tensor]:
        """(rows, COARSE_SEMANTIC + COARSE_IDS) ids, (rows, COARSE_IDS) codes."""
        inputs, targets = [], []
        offsets = self.layout.semantic + SIZE * torch.arange(COARSE_BOOKS)
        for _ in range(self.rows):
            semantic, codes, at, end = self.place()
            alone = random.random() < 0.5  # nothing follows this sentence
            last = end if alone else len(semantic)
            seen = semantic[at : min(last, at + COARSE_SEMANTIC)]
            seen = F.pad(seen, (0, COARSE_SEMANTIC - len(seen)), value=self.layout.coarse_pad)
            # After a voice the codes run one frame ahead: its last one was dropped.
            ahead = 1 if random.random() < 0.15 else 0
            frames = codes[:COARSE_BOOKS, at * FRAMES + ahead : last * FRAMES]
            frames = frames[:, : COARSE_IDS // COARSE_BOOKS].T
            wanted = frames.flatten()
            # Some codes that it is told are wrong, as its own will be: it must listen to the text.
            wrong = torch.rand(frames.shape) < WRONG
            known = torch.where(wrong, torch.randint(SIZE, frames.shape), frames)
            known = (known + offsets).flatten()
            more = COARSE_IDS - len(wanted)
            targets.append(F.pad(wanted, (0, more), value=NOTHING))
            known = F.pad(known, (0, more), value=self.layout.coarse_pad)[:-1]
            inputs.append(torch.cat([seen, torch.tensor([self.layout.coarse_infer]), known]))
        return torch.stack(inputs), torch.stack(targets)

    def losses(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """(targets,) losses in nats."""
        if torch.is_grad_enabled():
            with torch.no_grad():
                inputs = self.told(inputs, self.logits(inputs))
        logits = self.logits(inputs)
        books = range(COARSE_BOOKS)
        return torch.cat([_losses(logits[b], targets[:, b::COARSE_BOOKS]) for b in books])

    def logits(self, inputs: Tensor) -> list[Tensor]:
        """For each book, (rows, frames, SIZE)."""
        hidden = self.model(self.model.input_embeds_layer(inputs), COARSE_SEMANTIC)
        heads = self.model.lm_head.weight[self.layout.semantic :].split(SIZE)
        return [
            F.linear(hidden[:, book::COARSE_BOOKS], heads[book]) for book in range(COARSE_BOOKS)
        ]

    def told(self, inputs: Tensor, logits: list[Tensor]) -> Tensor:
        """The windows, where some codes are the model's own: from its slips it must find back."""
        first = self.layout.semantic + SIZE * torch.arange(COARSE_BOOKS)
        noise = [-torch.empty_like(x).exponential_().log() for x in logits]  # Gumbel
        said = [(x / OWN_TEMPERATURE + n).argmax(2) for x, n in zip(logits, noise, strict=True)]
        own = (torch.stack(said, 2) + first).flatten(1)[:, :-1]
        known = inputs[:, COARSE_SEMANTIC + 1 :]
        chosen = torch.rand(known.shape) < OWN * torch.rand(len(known), 1)
        known = torch.where(chosen & (known != self.layout.coarse_pad), own, known)
        return torch.cat([inputs[:, : COARSE_SEMANTIC + 1], known], 1)


class FineStage(Windows):
    """The first codebooks → the others, a random one at a time."""

    rows, rate = 16, 0.003

    def __init__(self, work: Path, layout: Layout, kinds: tuple[str, ...]) -> None:
        super().__init__(work, layout, kinds)
        self.model = Fine(SIZE + 1, BOOKS, FINE_WINDOW)
        with torch.no_grad():
            for table, like in zip(self.model.input_embeds_layers, similar(work), strict=True):
                table.weight[:SIZE] += like

    def batch(self) -> tuple[Tensor, Tensor]:
        """(rows, BOOKS + 1, FINE_WINDOW): codes as they are known, then the targets."""
        book = random.randrange(COARSE_BOOKS, BOOKS)
        inputs, targets = [], []
        for _ in range(self.rows):
            _, codes, at, end = self.place()
            length = random.choice([FINE_WINDOW, (end - at) * FRAMES])
            part = codes[:, at * FRAMES :][:, : min(length, FINE_WINDOW)]
            part = F.pad(part, (0, FINE_WINDOW - part.shape[1]), value=SIZE)
            known = random.randrange(FINE_WINDOW // 2 + 1) if random.random() < 0.5 else 0
            wanted = part[book].clone()
            wanted[:known] = NOTHING
            wanted[wanted == SIZE] = NOTHING
            part = part.clone()
            part[book, known:] = SIZE
            part[book + 1 :, known:] = SIZE
            inputs.append(part)
            targets.append(wanted)
        self.book = book
        return torch.stack(inputs), torch.stack(targets)

    def losses(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """(targets,) losses in nats."""
        tables = self.model.input_embeds_layers
        x = torch.stack([tables[i](inputs[:, i]) for i in range(self.book + 1)]).sum(0)
        return _losses(F.linear(self.model(x), tables[self.book].weight[:SIZE]), targets)


STAGES = {"semantic": Semantic, "coarse": Coarse, "fine": FineStage}


def _losses(logits: Tensor, targets: Tensor) -> Tensor:
    counts = targets != NOTHING
    return F.cross_entropy(logits[counts].float(), targets[counts], reduction="none")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("stage", choices=tuple(STAGES))
    parser.add_argument("--rate", type=float, help="of learning, at the start")
    parser.add_argument("--threads", type=int, default=1)
    clock.add_arguments(parser)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    until = clock.Until(args)
    layout = Layout.of(args.work)
    torch.manual_seed(0)
    random.seed(time.time_ns())
    stage: Any = STAGES[args.stage](args.work, layout, ("sound", "timing", "pairs"))
    rate = args.rate or stage.rate
    model = stage.model
    inner = [p for n, p in model.named_parameters() if n.startswith("layers.") and p.ndim == 2]
    others = [p for p in model.parameters() if all(p is not q for q in inner)]
    rates = (1.6 * rate, rate)
    optimizers = [
        Muon(inner, rates[0], 0.05),
        torch.optim.AdamW(others, rates[1], betas=(0.9, 0.98), weight_decay=0.01),
    ]
    average = {k: v.clone() for k, v in model.state_dict().items()}
    stored = args.work / f"{args.stage}.pt"
    step, spent, recent = 0, 0.0, []
    if stored.exists():
        state = torch.load(stored, weights_only=True)
        model.load_state_dict(state["model"])
        for optimizer, values in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        average, step, spent = state["average"], state["step"], state["seconds"]
    check = held_out(args.work, args.stage, layout, stage)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M weights", flush=True)
    begun = saved = time.time()
    first = step
    while not until.over():
        if (step - first) % 100 == 0:
            stage.refresh()
        factor = min(1, (step + 1) / 100) * until.factor()
        for optimizer, full in zip(optimizers, rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = full * factor
        with torch.autocast("cpu", torch.bfloat16):
            loss = stage.losses(*stage.batch()).mean()
        model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        with torch.no_grad():
            for key, value in model.state_dict().items():
                average[key].lerp_(value, 1 - min(0.99, step / (step + 10)))
        step += 1
        recent.append(loss.item())
        now = time.time()
        if step % 50 == 0:
            line = f"step {step} loss {np.mean(recent[-50:]):.4f} {now - begun:.0f} s"
            if step % 200 == 0:
                line += f" held-out {check(average):.4f}"
            print(line, flush=True)
        if now - saved > 120 or until.over():
            saved = now
            state = {
                "model": model.state_dict(), "average": average, "step": step,
                "optimizers": [o.state_dict() for o in optimizers],
                "seconds": spent + now - begun, "loss": float(np.mean(recent[-100:])),
                "held_out": check(average) if until.over() else 0.0,
            }  # fmt: skip
            torch.save(state, stored.with_suffix(".new"))
            stored.with_suffix(".new").rename(stored)


def held_out(work: Path, name: str, layout: Layout, stage: Any) -> Any:
    """A function: weights → loss on the held-out sentences."""
    other: Any = STAGES[name](work, layout, ("held-out",))
    batches: list[tuple[int, Any]] = []

    def check(weights: dict[str, Tensor]) -> float:
        if not batches:
            other.refresh()
            if isinstance(other, Windows) and not other.streams:
                return float("nan")
            if isinstance(other, Semantic) and not other.data:
                return float("nan")
            for _ in range(4):
                batch = other.batch()
                batches.append((getattr(other, "book", 0), batch))
        other.model.load_state_dict(weights)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            found = []
            for book, batch in batches:
                other.book = book
                found.append(other.losses(*batch))
        return float(torch.cat(found).mean())

    return check


if __name__ == "__main__":
    main()
