"""Computed: what computed a text, what had to be compiled for it, and how fast it went."""

from __future__ import annotations

from engine.api import Text
from gui.look.plain import Plain
from gui.widgets.sentences import translated


class Computed(Plain):
    """Before the first text, what compiling is; then the figures of the last one."""

    def __init__(self) -> None:
        super().__init__()
        self._counts = [0, 0]  # compiled functions found ready and built, since the start
        self.setWordWrap(True)
        self.setText(
            self.tr(
                "XLA compiles a function for each size of prompt and text, once a machine. "
                "Another seed, temperature or stop string compiles nothing. What the step in C "
                "computes needs no compiling."
            )
        )

    def show_text(self, text: Text) -> None:
        """What a text cost, or the warming for one."""
        lines = self._compiled(text) + self._speeds(text)
        notes = [_in_words(note) for note in (*text.notes, text.compiled.note) if note]
        self.setText("\n".join(lines + notes))

    def _compiled(self, text: Text) -> list[str]:
        cost, run = text.compiled, f"{text.metrics.seconds:.2f}"
        if text.precision != "float32":  # XLA has no other
            return [
                self.tr("Computed in {0} by the step in C, which needs no compiling.").format(
                    text.precision
                ),
                self.tr("run {0} s").format(run),
            ]
        self._counts[0] += cost.hits
        self._counts[1] += cost.misses
        return [
            self.tr("Computed in float32 by XLA."),
            self.tr("{0} ready, {1} new this time").format(cost.hits, cost.misses),
            self.tr("trace {0} s · compile {1} s · run {2} s").format(
                f"{cost.trace:.2f}", f"{cost.compile:.2f}", run
            ),
            self.tr("since the start: {0} ready, {1} new").format(*self._counts),
        ]

    def _speeds(self, text: Text) -> list[str]:
        lines = []
        if text.read:
            speed = self.tr("prompt: {0} tokens/s").format(f"{text.read_per_second:.0f}")
            lines.append(speed + self._share(text.read_share))
        if text.kept:
            lines.append(self.tr("{0} tokens of it were read before").format(text.kept))
        if text.steps:
            speed = self.tr("text: {0} ms a step").format(f"{1000 * text.step_seconds:.1f}")
            lines.append(speed + self._share(text.step_share))
        if text.bandwidth:
            lines.append(
                self.tr("the memory gives {0} GB/s, measured here").format(
                    f"{text.bandwidth / 1e9:.1f}"
                )
            )
        return lines

    def _share(self, share: float) -> str:
        """What the weights took of the memory's bandwidth, where that was measured."""
        words = self.tr("{0} % of the memory's bandwidth").format(f"{100 * share:.0f}")
        return f" · {words}" if share else ""


def _in_words(note: str) -> str:
    """A note in the language of the window; so is the reason in it, behind a colon."""
    reason = note.partition(": ")[2]
    words = translated(note)
    return words.replace(reason, translated(reason)) if reason else words
