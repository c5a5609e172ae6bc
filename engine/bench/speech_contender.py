"""One contender of `main.py bench speech`, in a process of its own: ours.

It loads once, warms up, and then speaks the same request each time it is asked to. Asked for a
witness instead, it speaks once more and writes down what it chose from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.bench import runner
from engine.bench.runner import Values
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.api import SpeechRequest

STAGES = ("semantic", "coarse", "fine", "codec")
TOKENS = STAGES[:3]  # the stages that make tokens
TEXT = "Good morning to you."  # a prompt is padded to one length: another text costs the same
WARM_UP = 8  # semantic tokens


def request_of(voice: str | None, rows: int, tokens: int) -> SpeechRequest:
    """What all sides speak: the same text in every row, exactly so many semantic tokens."""
    from engine.api import SpeechRequest, SpeechRow, SpeechSampling

    return SpeechRequest(
        rows=(SpeechRow(text=TEXT, voice=voice),) * rows,
        sampling=SpeechSampling.greedy(),
        semantic_tokens=tokens,
    )


class Speaker:
    """A loaded and warm engine. Called: one measured run."""

    def __init__(self, description: Values) -> None:
        from engine.bark.engine import BarkEngine
        from engine.models.hub import fetch_file

        self._folder, self._described = Path(description["folder"]), description
        settings = Settings(**description["settings"])
        self._engine = BarkEngine(self._folder, settings, fetch_file)
        self._generate(min(WARM_UP, description["tokens"]))
        self._generate(description["tokens"])  # caches and buffers have their size now

    def _generate(self, tokens: int) -> Any:
        described = self._described
        return self._engine.generate(request_of(described["voice"], described["rows"], tokens))

    def __call__(self) -> Values:
        import torch

        start = time.perf_counter()
        speech = self._generate(self._described["tokens"])
        return {
            "seconds": time.perf_counter() - start,
            "stages": {stage: speech.metrics.stages[stage] for stage in STAGES},
            "seconds_of_sound": speech.takes[0].seconds,
            "tokens": [
                {stage: getattr(take, stage).tolist() for stage in TOKENS} for take in speech.takes
            ],
            "device_bytes": speech.metrics.device_bytes,
            "choices": speech.choices,
            "threads": torch.get_num_threads(),
        }

    def sentences(self) -> Values:
        """Speak the sentences by which the setting is judged into the file that the description
        names, as they would be spoken, and not greedily."""
        import numpy as np

        from engine.api import SpeechRequest, SpeechRow

        texts, voice = self._described["sentences"], self._described["voice"]
        rows = tuple(SpeechRow(text=text, voice=voice, take=n) for n, text in enumerate(texts))
        takes = self._engine.generate(SpeechRequest(rows=rows)).takes
        sounds: dict[str, Any] = {f"{number:03}": take.audio for number, take in enumerate(takes)}
        np.savez(Path(self._described["witness"]), **sounds)
        return {"rate": takes[0].sample_rate}

    def witness(self) -> Values:
        """Write what the first row chose from to the file that the description names."""
        with _watched() as seen:
            take = self._generate(self._described["tokens"]).takes[0]
        save_witness(Path(self._described["witness"]), seen, take.fine.shape[1])
        return {}


@contextmanager
def _watched() -> Iterator[dict[str, list[tuple[Any, Any]]]]:
    """By stage: what the first row could choose from, and what it chose, call by call. Tokens come
    singly meanwhile: of those that a decoder draws by itself nobody sees the logits."""
    from engine.bark.batch import CausalStage
    from engine.bark.coarse import CoarseStage
    from engine.bark.fine import FineStage
    from engine.bark.sampling import Sampling
    from engine.bark.semantic import SemanticStage

    seen: dict[str, list[tuple[Any, Any]]] = {stage: [] for stage in TOKENS}
    now, clips = [""], [0]
    ways = ((SemanticStage, "choose"), (CoarseStage, "choose"), (FineStage, "generate"))
    originals = [getattr(owner, name) for owner, name in ways]
    choose, draw = Sampling.choose, CausalStage._draw

    def entered(stage: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            now[0] = stage
            clips[0] += stage == "fine"
            return original(*arguments)

        return call

    def chosen(sampling: Sampling, logits: Any, uniforms: Any) -> Any:
        tokens = choose(sampling, logits, uniforms)
        if clips[0] > 1:  # of another row
            return tokens
        kept = slice(None) if now[0] == "fine" else slice(1)
        seen[now[0]].append((tokens[kept].cpu().numpy(), logits[kept].float().cpu().numpy().copy()))
        return tokens

    try:
        Sampling.choose = chosen  # type: ignore[method-assign, assignment]
        CausalStage._draw = lambda stage, state: []  # type: ignore[method-assign, assignment]
        for stage, (owner, name), original in zip(TOKENS, ways, originals, strict=True):
            setattr(owner, name, entered(stage, original))
        yield seen
    finally:
        Sampling.choose = choose  # type: ignore[method-assign]
        CausalStage._draw = draw  # type: ignore[method-assign]
        for (owner, name), original in zip(ways, originals, strict=True):
            setattr(owner, name, original)


def save_witness(file: Path, seen: dict[str, list[tuple[Any, Any]]], frames: int) -> None:
    """What `load_witness` reads. seen: by stage, (tokens, logits) of each choice. frames: of the
    first row; what the fine stage chooses beyond them is padding."""
    import numpy as np

    kept: dict[str, Any] = {}
    for stage, parts in seen.items():
        if stage == "fine":
            parts = [(tokens[:frames], logits[:frames]) for tokens, logits in parts]
        kept[f"{stage}_tokens"] = np.concatenate([tokens for tokens, _ in parts])
        kept[f"{stage}_logits"] = np.concatenate([logits for _, logits in parts])
    np.savez(file, **kept)


def load_witness(file: Path) -> dict[str, Any]:
    """A `same.Witness`."""
    import numpy as np

    with np.load(file) as kept:
        return {s: (kept[f"{s}_tokens"], kept[f"{s}_logits"]) for s in TOKENS}


if __name__ == "__main__":
    runner.serve(Speaker)
