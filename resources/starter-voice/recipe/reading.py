"""How many sounds of speech the semantic stage reads wrong on the held-out sentences.

    reading.py WORK --sentences 200 --temperature 0,0.1 --voice am_michael

Greedy at temperature 0. "Wrong" is the edit distance of the units that begin, over the teacher's
number of them. It needs no checkpoint folder: it reads the training's own averages.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import shards
import text
import torch
from layout import BLOCK, END, POSITIONS, TEXT_IDS, VOICES, Sizes, tokens
from model import Reader
from spelling import Spelled
from torch import Tensor
from torch.nn import functional as F

ROWS = 40  # at a time
PROMPT = 24  # semantic ids of a voice
MIN_END = 0.2  # a row ends when its end is as probable, as generation_config.json says


@torch.no_grad()
def read(model: Reader, words: Tensor, history: Tensor, temperature: float) -> list[list[int]]:
    """(rows, LONGEST) text ids and history → semantic ids."""
    caches: list[list[Tensor]] = [[] for _ in model.body.layers]
    vectors, head, places = torch.cat([model.spoken(), model.end]), model.head(), model.places()
    x = model.prompt(words, history) + places[: model.ids + 1]
    said: list[list[int]] = [[] for _ in words]
    done = torch.zeros(len(words), dtype=torch.bool)
    for at in range(model.ids + 1, POSITIONS):
        logits = F.linear(model.body(x, x.shape[1] - 1, caches)[:, -1], head)
        done |= logits.softmax(1)[:, END] > MIN_END
        logits = logits[:, :END]
        chosen = logits.argmax(1)
        if temperature:
            chosen = torch.multinomial((logits / temperature).softmax(1), 1)[:, 0]
        if done.all():
            break
        for ids, token, over in zip(said, chosen.tolist(), done.tolist(), strict=True):
            if not over:
                ids.append(token)
        x = (vectors[chosen] + places[at])[:, None]
    return said


def begun(ids: Sequence[int]) -> list[int]:
    """Semantic ids → the units that begin."""
    return [i % BLOCK // 2 for i in ids if i % 2 == 0]


def distance(a: Sequence[int], b: Sequence[int]) -> int:
    """Edit distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--language", choices=("en", "ja"), default="en")
    parser.add_argument("--temperature", default="0", help="one or several with commas")
    parser.add_argument("--letters", action="store_true", help="English by its letters alone")
    parser.add_argument("--voice", choices=VOICES, help="who is asked for by a prompt")
    parser.add_argument("--show", action="store_true", help="what is read wrong")
    args = parser.parse_args()
    torch.set_num_threads(1)
    state = torch.load(args.work / "semantic.pt", weights_only=True, map_location="cpu")
    model = Reader(Sizes.of(args.work), POSITIONS, text.LONGEST)
    model.load_state_dict(state["average"])
    rows = shards.read(shards.paths(args.work, shards.kind("held-out", args.language))[0])[
        : args.sentences
    ]
    made = text.tokenizer(japanese=True)
    words = torch.full((len(rows), text.LONGEST), TEXT_IDS)
    for i, row in enumerate(rows):
        ids = made.encode(row.text).ids
        if args.language == "en" and not args.letters:
            ids = (Spelled.of(row).said() or (ids, row))[0]
        words[i, : len(ids)] = torch.tensor(ids[: text.LONGEST])
    history = torch.full_like(words, END)
    voice = VOICES.index(args.voice) if args.voice else 0
    if args.voice:
        prompt = torch.from_numpy(tokens(rows[-1], voice)[-PROMPT:])
        history[:, : len(prompt)] = prompt
    for temperature in map(float, args.temperature.split(",")):
        torch.manual_seed(0)
        wrong = total = right = other = spoken = 0
        for start in range(0, len(rows), ROWS):
            part = slice(start, start + ROWS)
            found = read(model, words[part], history[part], temperature)
            for row, ids in zip(rows[part], found, strict=True):
                off = distance(row.units, begun(ids))
                wrong, total, right = wrong + off, total + len(row.units), right + (off == 0)
                other += sum(i // BLOCK != voice for i in ids)
                spoken += len(ids)
                if args.show and off:
                    units = text.FIXED["units"]
                    print(f"{row.text}\n  {' '.join(units[u] for u in row.units)}")
                    print(f"  {' '.join(units[u] for u in begun(ids))}")
        print(
            f"step {state['step']}, temperature {temperature}: {100 * wrong / total:.2f} % of the "
            f"units wrong, {right} of {len(rows)} rows right, {100 * other / max(1, spoken):.2f} % "
            "of the ids another voice's",
            flush=True,
        )


if __name__ == "__main__":
    main()
