"""Text to tokens and back: encoding, decoding, the chat template."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import tokenizers

from engine.errors import UserError
from engine.system.panics import told_of_tokenizer
from engine.text.chat_template import ChatTemplate

UNFINISHED = "\N{REPLACEMENT CHARACTER}"  # what half a character decodes to


@dataclass(frozen=True, kw_only=True)
class Tokenizer:
    """A `tokenizers` tokenizer, the model's end tokens and its chat template (Jinja), if any.

    names: the special tokens by the names that templates use (bos_token, eos_token …).
    """

    core: tokenizers.Tokenizer
    ends: tuple[int, ...]
    chat_template: str | None = None
    names: dict[str, str] = field(default_factory=dict)

    def encode(
        self,
        prompt: str,
        *,
        chat: bool | None = None,
        history: tuple[tuple[str, str], ...] = (),
    ) -> list[int]:
        """The tokens of a prompt. chat: None uses the chat template when there is one. history:
        role and text of what was said before it in the chat.

        Raises UserError when a chat is asked for without a template, or the template is broken.
        """
        if (chat or history) and self.chat_template is None:
            raise UserError(
                "this model has no chat template: write without --chat, --system and history"
            )
        if chat is False or self.chat_template is None:
            with told_of_tokenizer():
                return list(self.core.encode(prompt).ids)
        whole = self._as_chat(prompt, history)
        with told_of_tokenizer():
            return list(self.core.encode(whole, add_special_tokens=False).ids)

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of tokens, without the special ones."""
        with told_of_tokenizer():
            return str(self.core.decode(list(tokens), skip_special_tokens=True))

    @cached_property
    def local(self) -> bool:
        """Whether what a token becomes depends on its neighbours and on unfinished bytes alone."""
        decoder = self.core.decoder
        return decoder is None or _is_local(json.loads(decoder.__getstate__()))

    @cached_property
    def hidden(self) -> frozenset[int]:
        """Special tokens, which are left out of a text, and those that stand for single bytes."""
        added = self.core.get_added_tokens_decoder().items()
        names = (f"<0x{byte:{form}}>" for byte in range(256) for form in ("02X", "02x"))
        numbers = [number for name in names if (number := self.core.token_to_id(name)) is not None]
        return frozenset([*numbers, *(number for number, token in added if token.special)])

    def _as_chat(self, prompt: str, history: tuple[tuple[str, str], ...]) -> str:
        said = (*history, ("user", prompt))
        messages = [{"role": role, "content": content} for role, content in said]
        return self._template.render(messages, self.names)

    @cached_property
    def _template(self) -> ChatTemplate:
        return ChatTemplate(self.chat_template or "")


def _is_local(decoder: dict[str, Any]) -> bool:
    """Whether a decoder, as `tokenizers` describes it, looks at no more than `Tokenizer.local`
    says."""
    kind = decoder["type"]
    if kind == "Sequence":
        return all(_is_local(part) for part in decoder["decoders"])
    if kind == "Replace":
        return len(decoder["pattern"].get("String", "")) == 1
    if kind == "Strip":
        return bool(decoder["start"] <= 1 and decoder["stop"] == 0)
    return kind in ("ByteLevel", "ByteFallback", "Fuse", "Metaspace")
