"""Checkpoint folders: what is damaged, missing or hostile is said in a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from engine.bark.checkpoint import Weights
from engine.bark.config import read_config
from engine.bark.engine import BarkEngine
from engine.bark.tokenizer import TextTokenizer
from engine.errors import UserError
from engine.settings import Settings
from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import Tiny, assert_same, say


@pytest.fixture
def folder(tiny: Tiny, tmp_path: Path) -> Path:
    """A checkpoint to damage."""
    return Path(shutil.copytree(tiny.folder, tmp_path / "broken"))


@pytest.fixture
def old(folder: Path) -> Path:
    """The same with a .bin file."""
    file = folder / "model.safetensors"
    torch.save(load_file(file), folder / "pytorch_model.bin")
    file.unlink()
    return folder


def speak(folder: Path) -> None:
    say(BarkEngine(folder, Settings(kernel="torch")), "hello", semantic_tokens=1)


def refused(folder: Path, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        speak(folder)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 400


def edit(folder: Path, file: str, change: Callable[[dict[str, Any]], Any]) -> None:
    stored = json.loads((folder / file).read_text())
    change(stored)
    (folder / file).write_text(json.dumps(stored))


# ── configuration ─────────────────────────────────────────────────────────────────────────────


def test_no_folder(tmp_path: Path) -> None:
    refused(tmp_path / "none", r"no folder .*none")
    (tmp_path / "file").write_text("")
    refused(tmp_path / "file", r"no folder .*file")


def test_no_checkpoint(tmp_path: Path) -> None:
    refused(tmp_path, r"no Bark checkpoint: it has no config\.json")


def test_another_model(folder: Path) -> None:
    edit(folder, "config.json", lambda c: c.update(model_type="gpt2"))
    refused(folder, "a model of type gpt2, not bark")


@pytest.mark.parametrize("file", ["config.json", "generation_config.json"])
@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"null"])
def test_damaged_json(folder: Path, file: str, text: bytes) -> None:
    (folder / file).write_bytes(text)
    refused(folder, rf"{file.replace('.', chr(92) + '.')} (cannot be read|is damaged)")


def test_missing_generation_config(folder: Path) -> None:
    (folder / "generation_config.json").unlink()
    refused(folder, r"it has no generation_config\.json")


BAD_RULES: list[tuple[str, str, dict[str, Any]]] = [
    ("config.json", "semantic_config", {"num_heads": 5}),
    ("config.json", "semantic_config", {"num_heads": 0}),
    ("config.json", "semantic_config", {"num_layers": "two"}),
    ("config.json", "semantic_config", {"block_size": 10}),
    ("config.json", "coarse_acoustics_config", {"block_size": 60}),
    ("config.json", "fine_acoustics_config", {"block_size": 31}),
    ("config.json", "codec_config", {"use_causal_conv": False}),
    ("config.json", "codec_config", {"norm_type": "time_group_norm"}),
    ("generation_config.json", "semantic_config", {"semantic_rate_hz": 0}),
    ("generation_config.json", "coarse_acoustics_config", {"coarse_rate_hz": -50}),
    ("generation_config.json", "coarse_acoustics_config", {"sliding_window_len": 0}),
    ("generation_config.json", "coarse_acoustics_config", {"n_coarse_codebooks": 0}),
    ("generation_config.json", "coarse_acoustics_config", {"max_coarse_history": "x"}),
    ("generation_config.json", "fine_acoustics_config", {"max_fine_input_length": 41}),
    ("generation_config.json", "fine_acoustics_config", {"max_fine_history_length": 0}),
    ("generation_config.json", "fine_acoustics_config", {"max_fine_history_length": 33}),
    ("generation_config.json", "fine_acoustics_config", {"n_fine_codebooks": 5}),
    ("generation_config.json", "fine_acoustics_config", {"n_fine_codebooks": 1}),
    ("generation_config.json", "semantic_config", {"semantic_vocab_size": 111}),
    ("generation_config.json", "semantic_config", {"eos_token_id": 110}),
    ("generation_config.json", "coarse_acoustics_config", {"coarse_infer_token": 190}),
    ("generation_config.json", "coarse_acoustics_config", {"coarse_semantic_pad_token": -1}),
    ("config.json", "coarse_acoustics_config", {"output_vocab_size": 163}),
    ("config.json", "fine_acoustics_config", {"input_vocab_size": 32}),
    ("config.json", "fine_acoustics_config", {"output_vocab_size": 31}),
    ("config.json", "codec_config", {"codebook_size": 31}),
    ("config.json", "semantic_config", {"num_layers": 10**6}),
    ("config.json", "semantic_config", {"num_layers": 2.5}),
    ("config.json", "fine_acoustics_config", {"hidden_size": 2**20, "num_heads": 2}),
    ("config.json", "codec_config", {"num_lstm_layers": 10**9}),
    ("config.json", "codec_config", {"num_filters": 0}),
    ("config.json", "codec_config", {"hidden_size": 2**40}),
    ("config.json", "codec_config", {"upsampling_ratios": []}),
    ("config.json", "codec_config", {"upsampling_ratios": [8, 10**9]}),
    ("config.json", "codec_config", {"upsampling_ratios": "8542"}),
    ("config.json", "codec_config", {"sampling_rate": 1}),
    ("generation_config.json", "semantic_config", {"max_new_tokens": 10**12}),
    ("generation_config.json", "semantic_config", {"text_pad_token": -1}),
    ("generation_config.json", "semantic_config", {"semantic_rate_hz": 1e300}),
]


@pytest.mark.parametrize(("file", "part", "change"), BAD_RULES)
def test_rules_that_cannot_be(folder: Path, file: str, part: str, change: dict[str, Any]) -> None:
    edit(folder, file, lambda stored: stored[part].update(change))
    refused(folder, "the configuration in .*broken is damaged")


@pytest.mark.parametrize("rate", [1, 0, 10**9, "24000", True])
def test_a_rate_that_is_none_of_sound(folder: Path, rate: Any) -> None:
    """A clip at 1 Hz takes 3 GB where it is made 24 kHz."""
    edit(folder, "generation_config.json", lambda stored: stored.update({"sample_rate": rate}))
    refused(folder, "the configuration in .*broken is damaged")


@pytest.mark.parametrize("part", ["semantic_config", "coarse_acoustics_config", "codec_config"])
@pytest.mark.parametrize("value", [3, "x", [1]])
def test_parts_of_another_kind(folder: Path, part: str, value: Any) -> None:
    edit(folder, "config.json", lambda stored: stored.update({part: value}))
    refused(folder, "the configuration in .*broken is damaged")


def test_defaults_and_nulls() -> None:
    """What transformers leaves out of the files or writes as null has transformers' default."""
    from transformers import BarkConfig
    from transformers.models.bark.generation_configuration_bark import (
        BarkCoarseGenerationConfig,
        BarkFineGenerationConfig,
        BarkSemanticGenerationConfig,
    )

    from engine.bark import config as ours

    pairs: list[tuple[Any, Any]] = [
        (ours.SemanticRules(), BarkSemanticGenerationConfig()),
        (ours.CoarseRules(), BarkCoarseGenerationConfig()),
        (ours.FineRules(), BarkFineGenerationConfig()),
        (ours.CodecConfig(), BarkConfig().codec_config),
        (ours.TransformerConfig(), BarkConfig().fine_acoustics_config),
        (ours.TransformerConfig(), BarkConfig().semantic_config),
    ]
    for own, theirs in pairs:
        for name, value in vars(own).items():
            if hasattr(theirs, name) and name not in ("do_sample",):
                reference = getattr(theirs, name)
                if isinstance(reference, list):
                    reference = tuple(reference)
                assert value == reference, (type(own).__name__, name)


def test_null_in_a_file(folder: Path) -> None:
    edit(folder, "config.json", lambda c: c["codec_config"].update(kernel_size=None))
    assert read_config(folder).codec.kernel_size == 7
    rules = "generation_config.json"
    edit(folder, rules, lambda c: c["semantic_config"].update(semantic_rate_hz=None))
    assert read_config(folder).semantic_rules.semantic_rate_hz == 49.9


# ── weights ───────────────────────────────────────────────────────────────────────────────────


def test_no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    refused(folder, r"holds no weights \(model\.safetensors or pytorch_model\.bin\)")


@pytest.mark.parametrize("left", [0, 4, 100, 5000, 50_000, -1, -1000])
@pytest.mark.parametrize("form", ["model.safetensors", "pytorch_model.bin"])
def test_truncated_weights(folder: Path, form: str, left: int) -> None:
    """A download that broke off, after any part of the file."""
    if form == "pytorch_model.bin":
        torch.save(load_file(folder / "model.safetensors"), folder / form)
        (folder / "model.safetensors").unlink()
    data = (folder / form).read_bytes()
    (folder / form).write_bytes(data[:left])
    refused(folder, rf"{form.replace('.', chr(92) + '.')} is damaged, incomplete")


@pytest.mark.parametrize("data", [b"hello" * 99, bytes(500), b"\xff" * 500, b"PK\x03\x04" * 99])
@pytest.mark.parametrize("form", ["model.safetensors", "pytorch_model.bin"])
def test_weights_of_another_kind(folder: Path, form: str, data: bytes) -> None:
    (folder / "model.safetensors").unlink()
    (folder / form).write_bytes(data)
    refused(folder, "is damaged, incomplete or no weight file")


class Evil:
    """Unpickling it writes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return Path.write_text, (self.marker, "run")


@pytest.mark.parametrize("zipped", [True, False])
def test_trap_20_a_pickle_does_not_run(old: Path, tmp_path: Path, zipped: bool) -> None:
    """Trap 20. In a zip of tensors and in the format before it."""
    marker = tmp_path / "marker"
    file = old / "pytorch_model.bin"
    torch.save({"x": Evil(marker)}, file, _use_new_zipfile_serialization=zipped)
    refused(old, r"pytorch_model\.bin is damaged, incomplete or no weight file")
    assert not marker.exists()
    torch.load(file, weights_only=False)
    assert marker.exists(), "this pickle is harmless: the test shows nothing"


@pytest.mark.parametrize("stored", [[1, 2], 3, {"a": 3}, {"a": {"b": torch.ones(1)}}])
def test_a_bin_that_holds_no_tensors(old: Path, stored: Any) -> None:
    torch.save(stored, old / "pytorch_model.bin")
    refused(old, r"pytorch_model\.bin is damaged|lack semantic")


def test_a_bin_in_the_old_format(old: Path) -> None:
    """No zip, so it cannot be memory-mapped: no published Bark is stored like that."""
    file = old / "pytorch_model.bin"
    tensors = torch.load(file, weights_only=True)
    torch.save(tensors, file, _use_new_zipfile_serialization=False)
    refused(old, r"pytorch_model\.bin is damaged, incomplete or no weight file")


MISSING = [
    "semantic.lm_head.weight",
    "semantic.input_embeds_layer.weight",
    "semantic.layers.1.attn.att_proj.weight",
    "coarse_acoustics.position_embeds_layer.weight",
    "coarse_acoustics.layernorm_final.weight",
    "fine_acoustics.input_embeds_layers.3.weight",
    "codec_model.decoder.layers.0.conv.bias",
    "codec_model.decoder.layers.1.lstm.weight_hh_l0",
    "codec_model.quantizer.layers.2.codebook.embed",
]


@pytest.mark.parametrize("name", MISSING)
def test_a_missing_tensor(folder: Path, name: str) -> None:
    file = folder / "model.safetensors"
    tensors = load_file(file)
    del tensors[name]
    save_file(tensors, file)
    refused(folder, f"lack {name}: get the model again")


def test_a_missing_convolution(folder: Path) -> None:
    file = folder / "model.safetensors"
    start = "codec_model.decoder.layers.3.conv.parametrizations"
    save_file({n: t for n, t in load_file(file).items() if not n.startswith(start)}, file)
    refused(folder, r"lack codec_model\.decoder\.layers\.3\.conv\.weight")


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("form", ["safetensors", "bin"])
def test_a_tensor_of_another_shape(folder: Path, name: str, form: str) -> None:
    """Also where only some rows of a table are read."""
    file = folder / "model.safetensors"
    tensors = load_file(file)
    tensors[name] = tensors[name][..., :-1].contiguous()
    if form == "safetensors":
        save_file(tensors, file)
    else:
        file.unlink()
        torch.save(tensors, folder / "pytorch_model.bin")
    refused(folder, f"{name} in .* has shape .*its configuration says")


def test_a_table_with_too_few_rows(folder: Path) -> None:
    file = folder / "model.safetensors"
    tensors = load_file(file)
    name = "semantic.input_embeds_layer.weight"
    tensors[name] = tensors[name][:150].clone()
    save_file(tensors, file)
    refused(folder, name)


def test_a_missing_shard(make: Make) -> None:
    shards = make(max_shard_size="40KB").folder
    gone = sorted(shards.glob("*.safetensors"))[1]
    gone.unlink()
    refused(shards, rf"{gone.name} is missing")


@pytest.mark.parametrize(
    "name", ["../evil.safetensors", "/tmp/evil.safetensors", "a/b.safetensors"]
)
def test_trap_20_shards_outside_the_folder(make: Make, name: str) -> None:
    """Trap 20. An index is as untrusted as a list of presets."""
    shards = make(max_shard_size="40KB").folder
    index = "model.safetensors.index.json"
    edit(shards, index, lambda stored: stored["weight_map"].update({"x": name}))
    refused(shards, "names files outside its folder")


@pytest.mark.parametrize("text", ["{", "[]", '{"weight_map": 3}', '{"weight_map": ["a"]}', "{}"])
def test_a_damaged_index(make: Make, text: str) -> None:
    shards = make(max_shard_size="40KB").folder
    (shards / "model.safetensors.index.json").write_text(text)
    refused(shards, r"model\.safetensors\.index\.json|holds no weights")


def test_a_tensor_has_memory_of_its_own(old: Path, folder: Path) -> None:
    """Nothing that the engine does to a tensor reaches the file or another tensor."""
    weights = Weights(old)
    name = "semantic.lm_head.weight"
    first = weights.get(name, (110, 32))
    first.zero_()
    assert weights.get(name, (110, 32)).any()


# ── tokenizer ─────────────────────────────────────────────────────────────────────────────────


def test_no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    refused(folder, r"no tokenizer \(tokenizer\.json or vocab\.txt\)")


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"model": {"type": "Nothing"}}'])
def test_a_damaged_tokenizer(folder: Path, text: str) -> None:
    (folder / "tokenizer.json").write_text(text)
    refused(folder, "the tokenizer in .*broken is damaged")


def test_vocabulary_alone(folder: Path, tiny: Tiny) -> None:
    """The oldest checkpoints ship vocab.txt: the same ids, and the same sound."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ids = tokenizer.get_vocab()
    (folder / "tokenizer.json").unlink()
    pieces = sorted(ids, key=ids.__getitem__)
    special = ["[SEP]", "[CLS]", "[PAD]", "[MASK]"]
    (folder / "vocab.txt").write_text("\n".join([*pieces, *special]) + "\n")
    own = TextTokenizer(folder)
    for text in ("hello world", "Hello, WORLD!", "[x] ok?", "ünïcode"):
        assert own(text) == list(tokenizer.encode(text, add_special_tokens=False).ids)
    assert_same(say(Tiny(folder, tiny.model).engine(), "hello")[0], tiny.reference("hello"))

    edit(folder, "tokenizer_config.json", lambda c: c.update(do_lower_case=False))
    assert TextTokenizer(folder)("A") != TextTokenizer(folder)("a")


def test_a_tokenizer_that_truncates(folder: Path) -> None:
    """Its own limits do not cut a text without a word (trap 5), nor pad it."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=50)
    tokenizer.save(str(folder / "tokenizer.json"))
    assert len(TextTokenizer(folder)("a b c d e")) == 5


def test_a_tokenizer_of_another_model(folder: Path) -> None:
    """Ids that the semantic model does not know: a sentence, no index out of range."""
    edit(folder, "tokenizer.json", lambda t: t["model"]["vocab"].update({"hello": 5000}))
    refused(folder, "do not belong together")
