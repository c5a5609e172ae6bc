"""What a request needs of an accelerator, foretold."""

from __future__ import annotations

import dataclasses

from engine.bark.vram import predict, weights
from tests.engine.bark.reference import Tiny, say


def test_what_is_foretold(tiny: Tiny) -> None:
    """More rows need their caches, offload only its largest stage and what is fetched ahead."""
    engine = tiny.engine()
    engine.compute = dataclasses.replace(engine.compute, steps="static")
    say(engine, "hello")
    assert engine._stages is not None
    stages = engine._stages
    few, many = (predict(stages, rows, offload=False) for rows in (1, 8))
    semantic, coarse = (
        2 * size.num_layers * size.block_size * size.hidden_size * 4
        for size in (engine.config.semantic, engine.config.coarse)
    )
    outputs = stages.semantic.decoder.outputs + stages.coarse.decoder.outputs
    assert many - few == 7 * (semantic + coarse) + 8 * 7 * outputs * 4
    assert predict(stages, 5, offload=False) == many  # graphs serve powers of two
    heavy = [weights(stage) for stage in stages]
    alone = predict(stages, 1, offload=True)
    ahead = predict(stages, 1, offload=True, spare=max(heavy))
    assert max(heavy) < alone < few
    assert alone <= ahead <= alone + max(heavy)
    cache = sum(layer.nbytes for layer in (*stages.semantic.decoder.cache(1, 96).keys,) * 2)
    assert semantic == cache
