"""JSON by a schema: whatever a model of random weights would like to say, it is JSON of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from engine.api import BeamSearch, Greedy, Sampling, TextRequest
from engine.errors import UserError
from engine.text.engine import TextEngine
from engine.text.native import library
from tests.engine.text.checkpoint.test_load import write_gguf

pytestmark = pytest.mark.skipif(
    library.find().library is None, reason=f"no step in C: {library.find().note}"
)
needs_package = pytest.mark.skipif(
    find_spec("llguidance") is None, reason="llguidance is not installed: pip install llguidance"
)
SCHEMA = {
    "type": "object",
    "properties": {
        "count": {"type": "integer", "minimum": 0, "maximum": 99},
        "kind": {"enum": ["sea", "land"]},
        "tags": {"type": "array", "items": {"type": "boolean"}, "maxItems": 3},
    },
    "required": ["count", "kind", "tags"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("grammar") / "tiny.gguf", "gpt2", "Q8_0")


def request_of(schema: Any = SCHEMA, **options: Any) -> TextRequest:
    return TextRequest(
        prompts=("the path",), schema=json.dumps(schema), max_new_tokens=90, **options
    )


@needs_package
@pytest.mark.parametrize(
    "search", [Greedy(repetition_penalty=1.3), Sampling(sequences=6, top_k=40, top_p=0.95)]
)
def test_every_text_is_json_of_the_schema(search: Any, place: Path) -> None:
    text = TextEngine(place, device="cpu", batch_size=4).generate(request_of(search=search))
    assert set(text.endings) == {"end"}
    for written in text.texts:
        values = json.loads(written)
        assert written == json.dumps(values)
        assert values.keys() == {"count", "kind", "tags"}
        assert values["count"] in range(100)
        assert values["kind"] in ("sea", "land")
        assert len(values["tags"]) <= 3


@needs_package
def test_what_cannot_be_followed_is_a_sentence(
    place: Path, folder_of: Callable[[str], Path]
) -> None:
    engine = TextEngine(place, device="cpu")
    for schema, why in (({"type": "nonsense"}, "cannot be followed"), ([], "no JSON")):
        with pytest.raises(UserError, match=why):
            engine.generate(request_of(schema))
    with pytest.raises(UserError, match="step in C alone: choose --precision int8"):
        TextEngine(folder_of("llama"), device="cpu").generate(request_of())
    with pytest.raises(ValueError, match="no beams follow it"):
        request_of(search=BeamSearch())


def test_without_the_package_it_says_how_to_get_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "llguidance", None)
    with pytest.raises(UserError, match=r"pip install 'bark-studio\[json\]'"):
        TextEngine(place, device="cpu").generate(request_of())
