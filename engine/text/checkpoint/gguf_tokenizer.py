"""The tokenizer that a GGUF file describes."""

from __future__ import annotations

from typing import Any

import tokenizers
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

from engine.errors import UserError
from engine.text.tokenizer import Tokenizer

CONTROL, USER_DEFINED = 3, 4  # kinds of tokens in tokenizer.ggml.token_type

WORDS_GPT4 = (  # how Llama 3 and Qwen2 split words; they differ in the digits taken together
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def tokenizer_of(fields: dict[str, Any]) -> Tokenizer:
    """The tokenizer of a file, by its fields. Raises UserError for a kind that is not known."""
    kind = fields["tokenizer.ggml.model"]
    if kind not in ("gpt2", "llama"):
        raise UserError(f"a tokenizer of the kind {kind} cannot be read, only gpt2 and llama")
    core = _byte_level(fields) if kind == "gpt2" else _sentence_pieces(fields)
    pieces, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    for wanted in (CONTROL, USER_DEFINED):
        core.add_tokens(
            [
                tokenizers.AddedToken(piece, special=wanted == CONTROL, normalized=False)
                for piece, its_kind in zip(pieces, kinds, strict=True)
                if its_kind == wanted
            ]
        )
    first = fields.get("tokenizer.ggml.bos_token_id")
    if first is not None and fields.get("tokenizer.ggml.add_bos_token", kind == "llama"):
        name = pieces[first]
        core.post_processor = processors.Sequence(
            [
                processors.ByteLevel(trim_offsets=False),
                processors.TemplateProcessing(
                    single=f"{name} $A", special_tokens=[(name, int(first))]
                ),
            ]
        )
    ends = [fields.get("tokenizer.ggml.eos_token_id"), fields.get("tokenizer.ggml.eot_token_id")]
    names = {
        f"{name}_token": pieces[fields[key]]
        for name in ("bos", "eos")
        if (key := f"tokenizer.ggml.{name}_token_id") in fields
    }
    return Tokenizer(
        core=core,
        ends=tuple(sorted({int(end) for end in ends if end is not None})),
        chat_template=fields.get("tokenizer.chat_template"),
        names=names,
    )


def _byte_level(fields: dict[str, Any]) -> tokenizers.Tokenizer:
    vocabulary = {piece: number for number, piece in enumerate(fields["tokenizer.ggml.tokens"])}
    merges = [tuple(merge.split(" ", 1)) for merge in fields["tokenizer.ggml.merges"]]
    core = tokenizers.Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    words = fields.get("tokenizer.ggml.pre", "gpt-2")
    if words in ("gpt-2", "gpt2", "default"):
        core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    elif words == "smollm":
        core.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
    elif words in ("llama-bpe", "qwen2"):
        pattern = tokenizers.Regex(WORDS_GPT4 % ("{1,3}" if words == "llama-bpe" else ""))
        core.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(pattern, behavior="isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        if words == "qwen2":
            core.normalizer = normalizers.NFC()
    else:
        raise UserError(f"a tokenizer that splits words as {words} cannot be read")
    core.decoder = decoders.ByteLevel()
    return core


def _sentence_pieces(fields: dict[str, Any]) -> tokenizers.Tokenizer:
    """SentencePiece BPE: a merge ranks as high as the score of the piece that it makes."""
    pieces, scores = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.scores"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    merges = []
    for piece, score in zip(pieces, scores, strict=True):
        for cut in range(1, len(piece)):
            left, right = piece[:cut], piece[cut:]
            if left in vocabulary and right in vocabulary:
                merges.append((-score, vocabulary[left], vocabulary[right], left, right))
    core = tokenizers.Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=[(left, right) for *_, left, right in sorted(merges)],
            unk_token=pieces[fields.get("tokenizer.ggml.unknown_token_id", 0)],
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    spaced = fields.get("tokenizer.ggml.add_space_prefix", True)
    core.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁")] * bool(spaced) + [normalizers.Replace(" ", "▁")]
    )
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
        + [decoders.Strip(" ", 1, 0)] * bool(spaced)
    )
    return core
