"""What the pictures show: what is typed, and a player for a machine without a sound card."""

from __future__ import annotations

from dataclasses import dataclass

from gui.studio.context import Player


class Silent(Player):
    """The real one without a device, on a machine that has one."""

    def refresh(self) -> None:
        self.devices_changed.emit()

    def devices(self) -> list[str]:
        return ["Headphones", "Speakers"]

    def _start(self, seconds: float, *, paused: bool = False) -> None:
        self._move_to(seconds)
        self._set_state("paused" if paused else "playing")


@dataclass(frozen=True)
class Words:
    """takes: earlier texts, the oldest first, with voice and precision."""

    title: str
    text: str
    voice: str
    takes: tuple[tuple[str, str | None, str], ...]
    script: str
    prompt: str


# In the Japanese window, too: how an English text looks there.
WORDS = Words(
    title="The lighthouse",
    text=(
        "The lighthouse keeper wound the clock at noon. Nobody had told him that the ships had "
        "stopped coming years ago. He liked the sound of it all the same."
    ),
    voice="af_bella",
    takes=(
        ("Good evening, and welcome to the harbour radio.", "am_michael", "float32"),
        ("The tide comes in at seven, and the ferry with it.", "jm_kumo", "float32"),
        ("Please keep your ticket until the end of the journey.", None, "bfloat16"),
        ("I suppose we could wait for the next one.", "am_michael", "int8"),
    ),
    script=(
        "# The lighthouse\n\n"
        "MIRA: Is that the clock? I thought it had stopped in the war.\n\n"
        "JONAS: It did. I wound it again the year after, and it has not missed a minute.\n\n"
        "MIRA: And who is it for? There is nobody here but you.\n\n"
        "JONAS: It is for the ships.\n\n"
        "MIRA: There are no ships. There have been none for years.\n\n"
        "JONAS: Then it is for the gulls. They like to know when it is noon.\n"
    ),
    prompt="Write two sentences about a lighthouse.",
)
