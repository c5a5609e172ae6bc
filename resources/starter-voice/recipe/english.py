"""English text → Kokoro's phonemes, by the package hibari-tts: misaki's lexicon and rules."""

from __future__ import annotations

import text
from alignment import Phonemes, align
from hibari.g2p import G2P

LONGEST = 300  # phonemes of a row


class English:
    """Text → phonemes."""

    def __init__(self, known: set[str]) -> None:
        """known: the characters that Kokoro has."""
        self.g2p = G2P()
        self.known = known - set('“”"()')
        self.tokenizer = text.tokenizer()

    def __call__(self, sentence: str) -> Phonemes | None:
        """A normal sentence (text.normal); None if its words cannot be told apart."""
        spoken = "".join(c for c in self.g2p(sentence) if c in self.known)
        if not 3 < len(spoken) < LONGEST:
            return None
        return align(spoken, self.tokenizer.encode(sentence).tokens)
