"""Checkpoints of the published dimensions with random weights, for benchmarks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.errors import UserError
from engine.system.atomic_files import atomic_folder

KINDS = {"bark-small": (12, 12, 768), "bark": (24, 16, 1024)}  # layers, heads, width


def write_random(
    kind: str, folder: Path, *, seed: int = 0, report: Callable[[str], None] = lambda _: None
) -> None:
    """Write a checkpoint with the dimensions of a published one and random weights.

    It costs what the real one costs and says nothing. The folder appears when it is complete.
    report is called with the name of each file. Raises UserError when the folder exists and holds
    something, or the disk is full.
    """
    if kind not in KINDS:
        raise UserError(f"{kind} is not known: choose {' or '.join(KINDS)}")
    layers, _, width = KINDS[kind]
    with atomic_folder(folder) as new:
        write_all_but_weights(kind, new, seed=seed)
        _write_weights(new, layers, width, seed, report)


def write_all_but_weights(kind: str, folder: Path, *, seed: int = 0) -> None:
    """Write the small files of such a checkpoint into a folder that is there."""
    _write_json(folder / "config.json", _config(*KINDS[kind]))
    _write_json(folder / "generation_config.json", _generation_config())
    _write_tokenizer(folder)
    _write_voice(folder, seed)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def _config(layers: int, heads: int, width: int) -> dict[str, Any]:
    size = {
        "num_layers": layers,
        "num_heads": heads,
        "hidden_size": width,
        "block_size": 1024,
        "bias": False,
        "dropout": 0.0,
    }
    fine = {"n_codes_total": 8, "n_codes_given": 1}
    return {
        "model_type": "bark",
        "architectures": ["BarkModel"],
        "semantic_config": size | {"input_vocab_size": 129_600, "output_vocab_size": 10_048},
        "coarse_acoustics_config": size | {"input_vocab_size": 12_096, "output_vocab_size": 12_096},
        "fine_acoustics_config": size
        | fine
        | {"input_vocab_size": 1056, "output_vocab_size": 1056},
        "codec_config": {"model_type": "encodec"},  # its defaults are EnCodec 24 kHz
    }


def _generation_config() -> dict[str, Any]:
    sampled = {"do_sample": True, "temperature": 0.7}
    return {
        "model_type": "bark",
        "sample_rate": 24_000,
        "codebook_size": 1024,
        "semantic_config": sampled | {"eos_token_id": 10_000},
        "coarse_acoustics_config": sampled,
        "fine_acoustics_config": {"temperature": 0.5},
    }


def _write_tokenizer(folder: Path) -> None:
    """Word pieces of one character: any text has ids, few texts are too long."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    vocabulary = {"[UNK]": 0}
    for letter in (chr(code) for code in range(33, 127)):
        vocabulary[letter] = len(vocabulary)
        vocabulary[f"##{letter}"] = len(vocabulary)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    kind = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[UNK]"}
    _write_json(folder / "tokenizer_config.json", kind)


def _write_voice(folder: Path, seed: int) -> None:
    """One preset, "random", long enough to fill every history."""
    import numpy as np

    random = np.random.default_rng(seed)
    arrays = {
        "semantic_prompt": random.integers(0, 10_000, 400),
        "coarse_prompt": random.integers(0, 1024, (2, 600)),
        "fine_prompt": random.integers(0, 1024, (8, 600)),
    }
    (folder / "speaker_embeddings").mkdir()
    files = {key: f"speaker_embeddings/random_{key}.npy" for key in arrays}
    for key, array in arrays.items():
        np.save(folder / files[key], array)
    listed = {"repo_or_path": str(folder.name), "random": files}
    _write_json(folder / "speaker_embeddings_path.json", listed)


def _write_weights(
    folder: Path, layers: int, width: int, seed: int, report: Callable[[str], None]
) -> None:
    """One shard for each stage, so that only one stage is ever in memory."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    generator = torch.Generator().manual_seed(seed)
    shards = list(_shapes(layers, width).items())
    index = {}
    for i, (stage, shapes) in enumerate(shards):
        file = f"model-{i + 1:05}-of-{len(shards):05}.safetensors"
        report(f"{stage}: {file}")
        tensors = {
            name: torch.ones(shape)
            if "layernorm" in name or name.endswith("original0")
            else torch.randn(shape, generator=generator) * 0.02
            for name, shape in shapes
        }
        try:
            save_file(tensors, folder / file, metadata={"format": "pt"})
        except SafetensorError as error:  # a full disk, in that library's words
            raise OSError(str(error)) from error
        index.update(dict.fromkeys(tensors, file))
    _write_json(folder / "model.safetensors.index.json", {"metadata": {}, "weight_map": index})


Shape = tuple[str, tuple[int, ...]]


def _shapes(layers: int, width: int) -> dict[str, list[Shape]]:
    """Names and shapes of all tensors, by stage."""
    stages: dict[str, list[Shape]] = {}
    for stage, inputs, outputs in (
        ("semantic", 129_600, 10_048),
        ("coarse_acoustics", 12_096, 12_096),
    ):
        stages[stage] = [
            (f"{stage}.input_embeds_layer.weight", (inputs, width)),
            (f"{stage}.lm_head.weight", (outputs, width)),
            *_transformer(stage, layers, width, causal=True),
        ]
    stages["fine_acoustics"] = [
        *((f"fine_acoustics.input_embeds_layers.{i}.weight", (1056, width)) for i in range(8)),
        *_transformer("fine_acoustics", layers, width, causal=False),
    ]
    stages["codec"] = list(_codec())
    return stages


def _transformer(stage: str, layers: int, width: int, *, causal: bool) -> Iterator[Shape]:
    yield f"{stage}.position_embeds_layer.weight", (1024, width)
    norms = [f"{stage}.layernorm_final"]
    for i in range(layers):
        layer = f"{stage}.layers.{i}"
        yield f"{layer}.attn.att_proj.weight", (3 * width, width)
        yield f"{layer}.attn.out_proj.weight", (width, width)
        yield f"{layer}.mlp.in_proj.weight", (4 * width, width)
        yield f"{layer}.mlp.out_proj.weight", (width, 4 * width)
        norms += [f"{layer}.layernorm_1", f"{layer}.layernorm_2"]
    for norm in norms:
        yield f"{norm}.weight", (width,)
        if not causal:  # the layer norms of the fine stage have a bias in every checkpoint
            yield f"{norm}.bias", (width,)


def _codec() -> Iterator[Shape]:
    """Both halves of EnCodec 24 kHz; speaking uses the decoder, transformers wants the encoder."""

    def conv(
        name: str, outputs: int, inputs: int, kernel: int, *, up: bool = False
    ) -> Iterator[Shape]:
        shape = (inputs, outputs, kernel) if up else (outputs, inputs, kernel)
        yield f"{name}.conv.parametrizations.weight.original0", (shape[0], 1, 1)
        yield f"{name}.conv.parametrizations.weight.original1", shape
        yield f"{name}.conv.bias", (outputs,)

    def residual(name: str, width: int) -> Iterator[Shape]:
        yield from conv(f"{name}.block.1", width // 2, width, 3)
        yield from conv(f"{name}.block.3", width, width // 2, 1)
        yield from conv(f"{name}.shortcut", width, width, 1)

    def lstm(name: str) -> Iterator[Shape]:
        for i in range(2):
            for kind in ("ih", "hh"):
                yield f"{name}.lstm.weight_{kind}_l{i}", (2048, 512)
                yield f"{name}.lstm.bias_{kind}_l{i}", (2048,)

    encoder, decoder = "codec_model.encoder.layers", "codec_model.decoder.layers"
    yield from conv(f"{encoder}.0", 32, 1, 7)
    yield from conv(f"{decoder}.0", 512, 128, 7)
    for i, (width, ratio) in enumerate(((32, 2), (64, 4), (128, 5), (256, 8))):
        yield from residual(f"{encoder}.{1 + 3 * i}", width)
        yield from conv(f"{encoder}.{3 + 3 * i}", 2 * width, width, 2 * ratio)
    yield from lstm(f"{encoder}.13")
    yield from conv(f"{encoder}.15", 128, 512, 7)
    yield from lstm(f"{decoder}.1")
    for i, (width, ratio) in enumerate(((512, 8), (256, 5), (128, 4), (64, 2))):
        yield from conv(f"{decoder}.{3 + 3 * i}", width // 2, width, 2 * ratio, up=True)
        yield from residual(f"{decoder}.{4 + 3 * i}", width // 2)
    yield from conv(f"{decoder}.15", 1, 32, 7)
    for i in range(32):
        book = f"codec_model.quantizer.layers.{i}.codebook"
        yield f"{book}.embed", (1024, 128)
        yield f"{book}.embed_avg", (1024, 128)
        yield f"{book}.cluster_size", (1024,)
        yield f"{book}.inited", (1,)
