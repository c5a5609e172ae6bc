"""What an earlier edition learned of sound is where this one begins: coarse, fine, codec.

    git show a88d087:resources/starter-voice/model.safetensors > EARLIER/model.safetensors
    earlier.py WORK EARLIER

Writes WORK/STAGE.pt at step 0; train.py and codec.py go on from there. The frames of the first
edition are those of this one, so a code begins as what the earlier codes near its centroid became.
Units and voices are new. A codec of more filters makes the same sound at first: what its new
channels find is not heard yet. The semantic stage shares nothing with the first edition's.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import codec
import torch
from codes import BOOKS, SIZE
from layout import BLOCK, COARSE_BOOKS, END, VOICES, Sizes
from model_codes import Fine, Speaker
from safetensors.torch import load_file
from torch import Tensor, nn
from train import NAMES, STAGES, Training

Tables = dict[str, Tensor]


def books_of(found: Tables) -> Tensor:
    """The centroids of a checkpoint, (BOOKS, SIZE, BANDS)."""
    names = (f"codec_model.quantizer.layers.{i}.codebook.embed" for i in range(BOOKS))
    return torch.stack([found[name] for name in names])


def carried(old: Tensor, new: Tensor, table: Tensor) -> Tensor:
    """Vectors of the old centroids → of the new ones: (k, d), (n, d), (k, width) → (n, width)."""
    far = torch.cdist(new, old, compute_mode="donot_use_mm_for_euclid_dist").square()
    scale = (far.amin(1).mean() / 4).clamp(min=1e-6)
    return (-far / scale).softmax(1) @ table


def begin_coarse(model: Speaker, found: Tables, old: Tensor, new: Tensor) -> None:
    """found: tables of Bark's coarse model, which it changes."""
    inputs, head = found["input_embeds_layer.weight"], found["lm_head.weight"]
    ids = len(inputs) - 2 - COARSE_BOOKS * SIZE  # semantic ids of the earlier edition
    units = torch.randn(BLOCK, inputs.shape[1]) / 2 * inputs[:ids].std(0) + inputs[:ids].mean(0)
    near = [
        torch.cat(
            [carried(old[b], new[b], table[ids + b * SIZE :][:SIZE]) for b in range(COARSE_BOOKS)]
        )
        for table in (inputs, head)
    ]
    found["input_embeds_layer.weight"] = torch.cat(
        [units.repeat(len(VOICES), 1), near[0], inputs[-2:]]
    )
    found["lm_head.weight"] = torch.cat([head.new_zeros(END, head.shape[1]), near[1]])
    model.take(found)


def begin_fine(model: Fine, found: Tables, old: Tensor, new: Tensor) -> None:
    """found: tables of Bark's fine model, which it changes."""
    for b in range(BOOKS):
        name = f"input_embeds_layers.{b}.weight"
        found[name] = torch.cat([carried(old[b], new[b], found[name][:SIZE]), found[name][SIZE:]])
    model.take(found)


@torch.no_grad()
def begin_codec(decoder: nn.Module, found: Tables) -> None:
    """found: an EnCodec decoder of as many filters or fewer."""
    for name, part in decoder.named_modules():
        if isinstance(part, nn.LSTM):
            for key, value in part.named_parameters():
                _widen_gates(value, found[f"{name}.{key}"])
        elif isinstance(part, nn.Conv1d | nn.ConvTranspose1d):
            scale, old = (found[f"{name}.parametrizations.weight.original{i}"] for i in range(2))
            old = old * scale / old.norm(dim=(1, 2), keepdim=True)
            weight = part.weight.clone()
            first, second = old.shape[:2]
            if isinstance(part, nn.Conv1d):  # (outputs, inputs, width)
                weight[:first, second:] = 0
            else:  # (inputs, outputs, width)
                weight[first:, :second] = 0
            weight[:first, :second] = old
            part.weight = weight
            assert part.bias is not None
            part.bias[: len(found[f"{name}.bias"])] = found[f"{name}.bias"]


def _widen_gates(value: Tensor, old: Tensor) -> None:
    """The four gates of an LSTM, each as wide as its state."""
    ours, theirs = value.unflatten(0, (4, -1)), old.unflatten(0, (4, -1))
    width = theirs.shape[1]
    if value.ndim == 2:
        ours[:, :width] = 0
        ours[:, :width, :width] = theirs
    else:
        ours[:, :width] = theirs


def part_of(found: Tables, prefix: str) -> Tables:
    """The tensors whose names begin so, without that."""
    return {k.removeprefix(prefix): v for k, v in found.items() if k.startswith(prefix)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("earlier", type=Path, help="a checkpoint folder")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    cpu, sizes = torch.device("cpu"), Sizes.of(args.work)
    stored = load_file(args.earlier / "model.safetensors")
    found = {k: v.float() if v.is_floating_point() else v for k, v in stored.items()}
    for stage in ("coarse", "fine"):
        target = args.work / f"{stage}.pt"
        if target.exists():
            continue
        training = Training(STAGES[stage](args.work, sizes), cpu)
        begin = begin_coarse if stage == "coarse" else begin_fine
        tables = part_of(found, f"{NAMES[stage]}.")
        begin(training.stage.model, tables, books_of(found), training.stage.books)
        training.average = {k: v.clone() for k, v in training.model.state_dict().items()}
        training.save(target)
    if not (args.work / "codec.pt").exists():
        sounding = codec.Training(args.work, cpu)
        begin_codec(sounding.decoder, part_of(found, "codec_model.decoder."))
        sounding.average = {k: v.clone() for k, v in sounding.decoder.state_dict().items()}
        sounding.save(args.work / "codec.pt")


if __name__ == "__main__":
    main()
