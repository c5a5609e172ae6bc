"""Three lines of Python for those who write:

    from engine.text_writer import TextWriter

    with TextWriter() as writer:
        print(writer.write("The lighthouse keeper").texts[0])

It writes what `main.py write` writes, in a process of its own.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Sequence
from pathlib import Path

from engine.api import BeamSearch, Cancelled, Greedy, Progress, Sampling, Text, TextRequest
from engine.engines import Engines
from engine.models import packaged
from engine.settings import Settings
from engine.turns import Closing, Turns


class TextWriter(Closing):
    """One model, loaded with its first prompt, for any number of threads: their requests wait for
    each other."""

    def __init__(
        self, model: str | Path = "smollm2", *, device: str = "auto", batch_size: int = 8
    ) -> None:
        """model: a folder, a GGUF file, a name such as gpt2, or an id of the Hub, which is
        downloaded where it is not here. batch_size: prompts written together.

        Raises UserError for a model that is not to be had, ValueError for another value.
        """
        settings = Settings(device=device, batch_size=batch_size)
        self.model = packaged.find(str(model))
        self._turns = Turns(Engines(settings, self.model))

    def write(
        self,
        prompts: str | Sequence[str],
        *,
        search: Greedy | Sampling | BeamSearch | None = None,
        max_new_tokens: int = 128,
        stop: Sequence[str] = (),
        chat: bool | None = None,
    ) -> Text:
        """Continue a prompt, or several together.

        search: engine.api's Greedy() (None), Sampling(temperature=0.8) or BeamSearch(beams=4).
        stop: a text ends before the first of these strings. chat: put the prompt into the model's
        chat template; None does it where there is one. Raises UserError and ValueError.
        """
        return self._ask(_request(prompts, search, max_new_tokens, stop, chat))

    def stream(
        self,
        prompt: str,
        *,
        search: Greedy | Sampling | None = None,
        max_new_tokens: int = 128,
        stop: Sequence[str] = (),
        chat: bool | None = None,
    ) -> Generator[str]:
        """As `write`, piece by piece as the tokens come. What stops asking stops the work."""
        request = _request(prompt, search, max_new_tokens, stop, chat)
        pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        left = threading.Event()

        def report(progress: Progress) -> None:
            if left.is_set():
                raise Cancelled
            if progress.text:
                pieces.put(progress.text)

        def work() -> None:
            try:
                self._turns.ask(request, report)
                pieces.put(None)
            except BaseException as error:
                pieces.put(error)

        threading.Thread(target=work, name="stream", daemon=True).start()
        try:
            while (piece := pieces.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            left.set()

    def close(self) -> None:
        """Wait for what was asked, and give the memory back."""
        self._turns.close()

    def _ask(self, request: TextRequest) -> Text:
        text: Text = self._turns.ask(request)
        return text


def _request(
    prompts: str | Sequence[str],
    search: Greedy | Sampling | BeamSearch | None,
    max_new_tokens: int,
    stop: Sequence[str],
    chat: bool | None,
) -> TextRequest:
    return TextRequest(
        prompts=(prompts,) if isinstance(prompts, str) else tuple(prompts),
        search=Greedy() if search is None else search,
        max_new_tokens=max_new_tokens,
        stop=tuple(stop),
        chat=chat,
    )
