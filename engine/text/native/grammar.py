"""JSON by a schema: which tokens may come next, as the optional package llguidance says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.text.tokenizer import Tokenizer

# As Python's json writes it: a model could put spaces between two tokens for ever.
_WRITTEN = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


class Grammars:
    """What llguidance knows of a tokenizer; half a second to make. vocabulary: the model's, which
    may have more numbers than the tokenizer."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: int) -> None:
        """Raises UserError where the package is not installed or cannot read the tokenizer."""
        try:
            import llguidance
        except ImportError as error:
            raise UserError(
                "JSON by a schema needs llguidance, which is not installed: pip install "
                "'bark-studio[json]'"
            ) from error
        if not tokenizer.ends:
            raise UserError("JSON by a schema needs a model with an end token, and this has none")
        self._library: Any = llguidance
        self._vocabulary = vocabulary
        try:
            self._tokenizer = llguidance.LLTokenizer(
                tokenizer.core.to_str(), eos_token=tokenizer.ends[0]
            )
        except Exception as error:  # of Rust, whatever it dislikes
            raise UserError(f"llguidance cannot read this model's tokenizer ({error})") from error

    def begin(self, schema: str) -> Grammar:
        """A text that is to be JSON of a schema. Raises UserError for what is none."""
        matcher = self._library.LLMatcher
        try:
            grammar = matcher.grammar_from_json_schema(schema, defaults=_WRITTEN)
        except ValueError as error:
            raise UserError(f"the schema is no JSON: {error}") from error
        made = matcher(self._tokenizer, grammar, log_level=0)
        if made.is_error():
            raise UserError(f"the schema cannot be followed: {made.get_error().splitlines()[0]}")
        return Grammar(made, self._vocabulary)


class Grammar:
    """One text on its way to be JSON."""

    def __init__(self, matcher: Any, vocabulary: int) -> None:
        self._matcher = matcher
        self._vocabulary = vocabulary

    def allowed(self) -> NDArray[np.bool_]:
        """Which tokens may come next, bool [vocabulary]. Raises UserError for a schema that is too
        much for the library."""
        bits = np.unpackbits(
            np.frombuffer(self._matcher.compute_bitmask(), np.uint8), bitorder="little"
        )
        if self._matcher.is_error():
            raise UserError(f"the schema cannot be followed: {self._matcher.get_error()}")
        found = np.zeros(self._vocabulary, np.bool_)
        count = min(len(bits), self._vocabulary)
        found[:count] = bits[:count]
        return found

    def take(self, token: int) -> None:
        """This token has come."""
        self._matcher.consume_token(token)
