"""Text to tokens and back: encoding, the chat template, and text as it is being written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import tokenizers

from engine.errors import UserError

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
            return list(self.core.encode(prompt).ids)
        return list(self.core.encode(self._as_chat(prompt, history), add_special_tokens=False).ids)

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of tokens, without the special ones."""
        return str(self.core.decode(list(tokens), skip_special_tokens=True))

    def _as_chat(self, prompt: str, history: tuple[tuple[str, str], ...]) -> str:
        said = (*history, ("user", prompt))
        messages = [{"role": role, "content": content} for role, content in said]
        try:
            return str(
                self._template.render(messages=messages, add_generation_prompt=True, **self.names)
            )
        except ImportError:  # of Jinja itself
            raise
        except Exception as error:  # a template is a program, with as many errors as there are
            raise UserError(
                f"the model's chat template is broken ({error}): write with --no-chat"
            ) from error

    @cached_property
    def _template(self) -> Any:
        # Templates come from strangers: the sandbox keeps them from anything but text.
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def refuse(message: str) -> None:
            raise ValueError(message)

        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.globals["raise_exception"] = refuse
        return environment.from_string(self.chat_template or "")


class Writer:
    """One text while it is written: holds back what may still change or become a stop string.

    longest: most tokens; full: the ending when they are reached. tokens: what has been written,
    without the end token. length: the end token included. ending: see Text.endings; "" goes on.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        prompt: list[int],
        *,
        longest: int,
        full: str = "length",
        stop: tuple[str, ...] = (),
        ends: tuple[int, ...] = (),
    ) -> None:
        self.tokens: list[int] = []
        self.length = 0
        self.ending = ""
        self._tokenizer = tokenizer
        self._longest, self._full, self._stop, self._ends = longest, full, stop, ends
        # A few tokens of the prompt, because some tokenizers drop a space at the very beginning.
        self._before = prompt[-4:]
        self._prefix = len(tokenizer.decode(self._before))
        self._shown = 0

    @property
    def text(self) -> str:
        """The whole text; up to the first stop string, when there is one."""
        text = self._tokenizer.decode(self._before + self.tokens)[self._prefix :]
        return text[: self._stop_in(text)]

    def write(self, tokens: Iterable[int]) -> str:
        """Append tokens, up to the end of the text; returns the new text that is certain."""
        for token in tokens:
            self.length += 1
            if token in self._ends:
                self.ending = "end"
                break
            self.tokens.append(token)
            if self._stop:
                text = self._tokenizer.decode(self._before + self.tokens)[self._prefix :]
                if self._stop_in(text) is not None:
                    self.ending = "stop"
                    break
            if self.length == self._longest:
                self.ending = self._full
                break
        text = self.text if self.ending else self._certain(self.text)
        new = text[self._shown :]
        self._shown = max(self._shown, len(text))
        return new

    def _stop_in(self, text: str) -> int | None:
        places = [place for stop in self._stop if (place := text.find(stop)) >= 0]
        return min(places, default=None)

    def _certain(self, text: str) -> str:
        text = text.rstrip(UNFINISHED)
        held = (
            length
            for stop in self._stop
            for length in range(min(len(stop), len(text)), 0, -1)
            if text.endswith(stop[:length])
        )
        return text[: len(text) - max(held, default=0)]
