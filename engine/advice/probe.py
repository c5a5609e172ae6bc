"""This machine and a model of it, looked at for the adviser. Imports torch, which takes seconds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.advice.facts import Machine, Model

if TYPE_CHECKING:
    from engine.bark.config import TransformerConfig


def machine() -> Machine:
    """What computes here, and what it cannot do."""
    import psutil
    import torch

    from engine.bark.device import find_device
    from engine.bark.engine import cannot
    from engine.system.machine import facts

    known, refused = facts(), cannot()
    device, _ = find_device("auto")
    card, card_free = "", 0
    if device.type == "cuda":
        card = torch.cuda.get_device_name(device)
        card_free, _ = torch.cuda.mem_get_info(device)
    elif device.type == "mps":
        card, card_free = "Apple GPU", torch.mps.recommended_max_memory()
    memory = psutil.virtual_memory()
    return Machine(
        name=known["processor"],
        instructions=known["instructions"],
        own_step=("kernel", "auto") not in refused,
        memory=memory.total,
        free=memory.available,
        device=device.type,
        card=card,
        card_free=card_free,
        refused=refused,
    )


def model(folder: Path, name: str) -> Model:
    """The sizes of a checkpoint, from its configuration. Raises UserError."""
    from engine.bark.config import read_config

    config = read_config(folder)
    sizes = [
        _weights(config.semantic),
        _weights(config.coarse),
        _weights(config.fine, config.fine.n_codes_total),
    ]
    row = sum(
        2 * stage.num_layers * stage.block_size * stage.hidden_size * 4
        for stage in (config.semantic, config.coarse)
    )
    files = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    weights = max(sum(sizes), min(files, 2 * sum(sizes)))  # the codec is in the files alone
    return Model(name=name, weights=weights, largest=max(sizes), row=row)


def _weights(stage: TransformerConfig, tables: int = 1) -> int:
    """Bytes in float32: twelve matrices of width² a layer, and what comes in and goes out, in so
    many tables of each."""
    width = stage.hidden_size
    words = tables * (stage.input_vocab_size + stage.output_vocab_size)
    return 4 * (12 * stage.num_layers * width * width + words * width)


if __name__ == "__main__":  # for the window, which does not import torch to ask
    print(machine().as_json())
