"""What the program reads, whole and small: one folder for each kind of case. Damage is done to it
afterwards."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'[]"
_SEMANTIC, _CODES = 100, 32
_SIZES = {"num_layers": 1, "num_heads": 2, "hidden_size": 32, "bias": False}
CONFIG: dict[str, Any] = {
    "model_type": "bark",
    "semantic_config": _SIZES | {"block_size": 64, "input_vocab_size": 210, "output_vocab_size": 110},
    "coarse_acoustics_config": _SIZES
    | {"block_size": 72, "input_vocab_size": 190, "output_vocab_size": 164},
    "fine_acoustics_config": _SIZES
    | {"block_size": 40, "input_vocab_size": 40, "output_vocab_size": 40, "n_codes_total": 4,
       "n_codes_given": 1},
    "codec_config": {
        "model_type": "encodec", "sampling_rate": 16_000, "num_filters": 4, "hidden_size": 16,
        "codebook_size": _CODES, "upsampling_ratios": [5, 4, 4, 4], "num_lstm_layers": 1,
        "audio_channels": 1,
    },
}  # fmt: skip
RULES: dict[str, Any] = {
    "model_type": "bark",
    "sample_rate": 16_000,
    "codebook_size": _CODES,
    "semantic_config": {
        "eos_token_id": _SEMANTIC, "max_new_tokens": 20, "text_encoding_offset": 110,
        "text_pad_token": 200, "semantic_infer_token": 201, "semantic_vocab_size": _SEMANTIC,
        "max_input_semantic_length": 20, "semantic_rate_hz": 24.9,
    },
    "coarse_acoustics_config": {
        "coarse_semantic_pad_token": 180, "coarse_infer_token": 181, "coarse_rate_hz": 50,
        "n_coarse_codebooks": 2, "max_coarse_input_length": 16, "max_coarse_history": 40,
        "sliding_window_len": 12,
    },
    "fine_acoustics_config": {
        "max_fine_history_length": 16, "max_fine_input_length": 32, "n_fine_codebooks": 4,
    },
}  # fmt: skip
TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
END = 256  # the token after the 256 bytes
Write = Callable[[Path], None]


def write_all(folder: Path) -> None:
    """A folder for each kind."""
    for kind, write in KINDS.items():
        (folder / kind).mkdir(parents=True)
        write(folder / kind)


def as_json(path: Path, values: Any) -> None:
    path.write_text(json.dumps(values))


# ── speech ────────────────────────────────────────────────────────────────────────────────────


def voice_arrays(semantic: int = 30) -> dict[str, Any]:
    random = np.random.default_rng(0)
    frames = round(semantic * 50 / 24.9)
    return {
        "semantic_prompt": random.integers(0, _SEMANTIC, semantic),
        "coarse_prompt": random.integers(0, _CODES, (2, frames)),
        "fine_prompt": random.integers(0, _CODES, (4, frames)),
    }


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _voice(folder: Path) -> None:
    (folder / "voice.npz").write_bytes(npz(**voice_arrays()))


def write_bark(folder: Path, weights: str = "model.safetensors") -> None:
    """A speech model of random weights. weights: the name of their file."""
    as_json(folder / "config.json", CONFIG)
    as_json(folder / "generation_config.json", RULES)
    _write_tokenizer(folder / "tokenizer.json")
    as_json(folder / "tokenizer_config.json", {"pad_token": "[UNK]"})
    files = {}
    for key, array in voice_arrays().items():
        files[key] = f"voices/anna_{key}.npy"
        (folder / "voices").mkdir(exist_ok=True)
        np.save(folder / files[key], array)
    as_json(folder / "speaker_embeddings_path.json", {"repo_or_path": "x", "anna": files})
    import torch
    from safetensors.torch import save_file

    tensors = _weights(folder)
    if weights.endswith(".bin"):
        torch.save(tensors, folder / weights)
    else:
        save_file(tensors, folder / weights)


def _weights(folder: Path) -> dict[str, Any]:
    """Whatever the stages ask for, at random."""
    import torch

    from engine.bark.coarse import CoarseStage
    from engine.bark.codec import CodecStage
    from engine.bark.config import read_config
    from engine.bark.engine import choose
    from engine.bark.fine import FineStage
    from engine.bark.semantic import SemanticStage
    from engine.settings import Settings

    made: dict[str, Any] = {}
    random = torch.Generator().manual_seed(0)

    class Asked:
        def __contains__(self, name: str) -> bool:
            return not name.endswith(".bias")

        def get(self, name: str, shape: tuple[int, ...]) -> Any:
            one = "norm" in name
            return made.setdefault(
                name, torch.ones(shape) if one else torch.randn(shape, generator=random) * 0.1
            )

        def rows(self, name: str, shape: tuple[int, ...], ids: Any) -> Any:
            return self.get(name, shape)[list(ids)]

        def tick(self) -> None:
            pass

    asked: Any = Asked()
    config, compute = read_config(folder), choose(Settings(device="cpu", kernel="torch"))
    SemanticStage(asked, config, compute)
    CoarseStage(asked, config, compute, long_window=False)
    FineStage(asked, config, compute, unpadded=False)
    CodecStage(asked, config, compute.device)
    return made


def _write_tokenizer(path: Path) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    pieces = ("[UNK]", *LETTERS, *(f"##{letter}" for letter in LETTERS))
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(path))


def _words(folder: Path) -> None:
    """A speech model whose vocabulary is a list of words, and whose weights come in two files."""
    write_bark(folder)
    (folder / "tokenizer.json").unlink()
    pieces = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{x}" for x in LETTERS))
    (folder / "vocab.txt").write_text("\n".join(pieces))
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    half = len(tensors) // 2
    names = list(tensors)
    for number, part in enumerate((names[:half], names[half:]), 1):
        save_file({name: tensors[name] for name in part}, folder / f"part-{number}.safetensors")
    index = {name: f"part-{1 + (number >= half)}.safetensors" for number, name in enumerate(names)}
    as_json(folder / "model.safetensors.index.json", {"weight_map": index})


# ── text ──────────────────────────────────────────────────────────────────────────────────────

_LLAMA = {
    "model_type": "llama", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
    "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 48,
    "vocab_size": END + 2, "rms_norm_eps": 1e-5, "tie_word_embeddings": True,
    "eos_token_id": END, "hidden_act": "silu",
}  # fmt: skip


def _llama_shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    at, feed = "model.layers.0.self_attn", "model.layers.0.mlp"
    yield "model.embed_tokens.weight", (END + 2, 32)
    for name in ("model.norm", "model.layers.0.input_layernorm",
                 "model.layers.0.post_attention_layernorm"):  # fmt: skip
        yield f"{name}.weight", (32,)
    for name, rows in (("q", 32), ("k", 16), ("v", 16), ("o", 32)):
        yield f"{at}.{name}_proj.weight", (rows, 32)
    yield f"{feed}.gate_proj.weight", (64, 32)
    yield f"{feed}.up_proj.weight", (64, 32)
    yield f"{feed}.down_proj.weight", (32, 64)


def _byte_pieces() -> dict[str, int]:
    from tokenizers import pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    return {piece: number for number, piece in enumerate((*alphabet, "<end>", "th"))}


def _text(folder: Path) -> None:
    import tokenizers
    from safetensors.numpy import save_file

    as_json(folder / "config.json", _LLAMA)
    as_json(folder / "generation_config.json", {"eos_token_id": [END]})
    as_json(
        folder / "tokenizer_config.json",
        {"eos_token": "<end>", "bos_token": {"content": "<end>"}, "chat_template": TEMPLATE},
    )
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    core = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=_byte_pieces(), merges=[("t", "h")]))
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    core.add_special_tokens(["<end>"])
    core.save(str(folder / "tokenizer.json"))
    random = np.random.default_rng(0)
    tensors = {
        name: random.normal(0, 0.1, shape).astype(np.float32) for name, shape in _llama_shapes()
    }
    save_file(tensors, folder / "model.safetensors")


def _gguf(folder: Path) -> None:
    """Of the same sizes, its matrices in blocks of 8 bits."""
    import gguf

    from engine.text.checkpoint.gguf import LLAMA

    file = gguf.GGUFWriter(folder / "model.gguf", "llama")
    file.add_context_length(48)
    file.add_embedding_length(32)
    file.add_block_count(1)
    file.add_head_count(2)
    file.add_head_count_kv(1)
    file.add_feed_forward_length(64)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_tokenizer_model("gpt2")
    file.add_tokenizer_pre("gpt-2")
    pieces = list(_byte_pieces())
    file.add_token_list(pieces)
    file.add_token_types([3 if piece == "<end>" else 1 for piece in pieces])
    file.add_token_merges(["t h"])
    file.add_eos_token_id(END)
    file.add_bos_token_id(END)
    file.add_chat_template(TEMPLATE)
    random = np.random.default_rng(0)
    stored = {pattern.format(n=0): name.format(n=0) for pattern, name in LLAMA.items()}
    blocks = gguf.GGMLQuantizationType.Q8_0
    for name, shape in _llama_shapes():
        values = random.normal(0, 0.1, shape).astype(np.float32)
        own = f"{stored[name.removesuffix('.weight')]}.weight"
        if len(shape) == 2:
            file.add_tensor(own, gguf.quantize(values, blocks), raw_dtype=blocks)
        else:
            file.add_tensor(own, values)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


# ── what people write, and what the program keeps ─────────────────────────────────────────────


def _documents(folder: Path) -> None:
    from tests.hostile import books

    for name, data in books.all_kinds().items():
        (folder / name).write_bytes(data)


def _epub(folder: Path) -> None:
    from tests.hostile import books

    (folder / "book.epub").write_bytes(books.epub())


def _project(folder: Path) -> None:
    """A project with takes and decisions, and a text that it was made from."""
    from engine.listening.heard import Heard
    from engine.recordings.ledger import Ledger
    from engine.script.hearings import Hearing
    from engine.script.project import Project
    from engine.script.recipe import Maker, Recipe
    from engine.script.render import Renderer
    from engine.script.rendering import RenderRequest
    from engine.script.rows import Script, ScriptRow
    from tests.engine.script.speaker import Speaker

    rows = [ScriptRow(id=f"{i:04}", text=f"Row {i} says a few words.", speaker="AB"[i % 2])
            for i in range(3)]  # fmt: skip
    (folder / "voice.npz").write_bytes(npz(**voice_arrays()))
    recipe = Recipe(replacements="says==tells\n/(\\d+)km/==\\1 kilometres")
    inner = folder / "a.project"
    project = Project.create(
        inner, Script(title="A", rows=tuple(rows)), recipe, {"A": "anna", "B": str(folder / "voice.npz")}
    )  # fmt: skip
    contents = dict.fromkeys(project.voices_in_use(), "0" * 64)
    maker = Maker(model="0" * 64, settings={"precision": "float32"}, voices=contents, name="m")
    Renderer(lambda request: Speaker(), lambda _: maker).generate(RenderRequest(project=project))
    project.lock("0001")
    project.reroll("0002")
    heard = Heard.from_plain({"language": "en", "words": [["Row", 0.0, 0.2, 0.9]]})
    project.hearings.put(project.store.keys[0], "x", Hearing.of("Row one", heard))
    Ledger(inner).keep("a.txt")
    project.close()
    as_json(inner / "source.json", {"file": "a.txt", "sha256": "0" * 64})


def _state(folder: Path) -> None:
    """What the window, the history and the benchmarks keep."""
    as_json(
        folder / "window.json",
        {"window.geometry": "AAAA", "speak.voice": "anna", "speak.options": {"seed": 1},
         "script.columns": [10, 20], "recent": ["a.txt"], "volume": 0.5},
    )  # fmt: skip
    as_json(folder / "speeds.json", {"a model float32": 1.5})
    as_json(folder / "paces.json", {"a model anna": [12.0, 14.0]})
    take = folder / "takes" / "20261101-120000-000001-0"
    take.mkdir(parents=True)
    stage = {"temperature": 0.7, "top_k": 0, "top_p": 1.0}
    as_json(
        take / "take.json",
        {"created": "2026-11-01T12:00:00+00:00", "text": "Hello.", "voice": None, "model": "m",
         "seed": 1, "take": 0, "settings": {"precision": "float32"}, "seconds": 0.5,
         "sampling": {"semantic": stage, "coarse": stage, "fine": stage, "min_eos_p": None},
         "real_time_factor": 1.0, "stages": {"load": 1.0}, "host_bytes": 1, "device_bytes": 0,
         "sample_rate": 16_000, "ended": True},
    )  # fmt: skip
    arrays = voice_arrays()
    (take / "take.npz").write_bytes(
        npz(
            audio=np.zeros(8000, np.float32),
            **{name: arrays[f"{name}_prompt"] for name in ("semantic", "coarse", "fine")},
        )
    )
    as_json(
        folder / "results.json",
        {"made_by": "Bark Studio", "format": 1, "benchmark": "speech", "finished": True,
         "model": "m", "cases": [{"name": "a", "rows": 1, "refused": ""}]},
    )  # fmt: skip


def _rules(folder: Path) -> None:
    """Replacements, prompts and a list of a recogniser: short files that people pass on."""
    (folder / "say.txt").write_text("SQL==sequel\n/(\\d+)\\s*km/==\\1 kilometres\n# a note\n")
    (folder / "settings.json").write_text(json.dumps({"precision": "int8", "batch_size": 4}))
    (folder / "model.bin").write_bytes(os.urandom(0) + b"x")
    as_json(folder / "config.json", {"alignment_heads": [[1, 2]]})
    as_json(folder / "tokenizer.json", {})
    as_json(folder / "vocabulary.json", ["a"])
    (folder / "SHA256SUMS").write_text("0" * 64 + "  model.bin\n")


KINDS: dict[str, Write] = {
    "voice": _voice,
    "bark": write_bark,
    "bark-bin": lambda folder: write_bark(folder, "pytorch_model.bin"),
    "bark-words": _words,
    "text": _text,
    "gguf": _gguf,
    "epub": _epub,
    "document": _documents,
    "project": _project,
    "state": _state,
    "rules": _rules,
}
