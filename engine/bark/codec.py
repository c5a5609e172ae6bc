"""Codec stage: codes → waveform, with the decoder half of EnCodec.

All convolutions look back only, so the sound of a piece of codes depends on what came before and
never on what follows: a stream is decoded piece by piece, each layer keeping the little of its past
that it needs, with the same samples as in one go. Always float32: it is a small part of the work
and its rounding can be heard. On the processor the bits do not depend on the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.bark.checkpoint import Weights
from engine.bark.config import BarkConfig, CodecConfig
from engine.bark.decoder import Tick
from engine.bark.side_by_side import Team, cut, team

Past = dict[nn.Module, tuple[Tensor, ...]]  # what each layer remembers of a stream

# A layer turns the next frames of a stream, (1, channels, frames), into (1, channels, frames ·
# upsampling): `stream(x, past, team)`.


def _folded(weights: Weights, name: str, shape: tuple[int, ...]) -> Tensor:
    """A weight-normalised convolution as one tensor: g · v / ‖v‖, under any of its three names."""
    if f"{name}.weight" in weights:
        return weights.get(f"{name}.weight", shape)
    for g, v in (
        ("parametrizations.weight.original0", "parametrizations.weight.original1"),
        ("weight_g", "weight_v"),
    ):
        if f"{name}.{v}" in weights:
            length = weights.get(f"{name}.{g}", (shape[0], 1, 1))
            direction = weights.get(f"{name}.{v}", shape)
            size: Tensor = direction.norm(dim=(1, 2), keepdim=True)
            return direction * (length / size)
    return weights.get(f"{name}.weight", shape)  # the error that names it


class Conv(nn.Module):
    """Causal convolution. It begins with a mirror image of its first frames, as in training."""

    def __init__(
        self,
        weights: Weights,
        name: str,
        config: CodecConfig,
        channels: tuple[int, int],
        kernel: int,
        dilation: int = 1,
    ) -> None:
        super().__init__()
        shape = (channels[1], channels[0], kernel)
        self.register_buffer("weight", _folded(weights, f"{name}.conv", shape))
        self.register_buffer("bias", weights.get(f"{name}.conv.bias", (channels[1],)))
        self.parts = cut(channels[1])
        self.dilation = dilation
        self.context = (kernel - 1) * dilation
        self.mode = "reflect" if config.pad_mode == "reflect" else "constant"

    weight: Tensor
    bias: Tensor

    def stream(self, x: Tensor, past: Past, team: Team) -> Tensor:
        if self.context:
            if self not in past:
                # A mirror needs more frames than it shows; what is missing counts as silence.
                missing = max(0, self.context - x.shape[-1] + 1)
                mirrored = F.pad(F.pad(x, (0, missing)), (self.context, 0), mode=self.mode)
                x = mirrored[..., : mirrored.shape[-1] - missing]
            else:
                x = torch.cat([past[self][0], x], -1)
            past[self] = (x[..., -self.context :],)
        parts = [partial(self._part, x, part) for part in self.parts]
        return torch.cat(team.compute(parts, x.shape[-1] * self.weight.numel()), 1)

    def _part(self, x: Tensor, part: slice) -> Tensor:
        return F.conv1d(x, self.weight[part], self.bias[part], dilation=self.dilation)


class UpConv(nn.Module):
    """Transposed convolution: each frame becomes `ratio` frames and reaches into the next ones."""

    def __init__(
        self,
        weights: Weights,
        name: str,
        config: CodecConfig,
        channels: tuple[int, int],
        ratio: int,
    ) -> None:
        super().__init__()
        shape = (channels[0], channels[1], 2 * ratio)
        self.parts = cut(channels[1])
        weight = _folded(weights, f"{name}.conv", shape)
        for i, part in enumerate(self.parts):
            self.register_buffer(f"weight_{i}", weight[:, part].contiguous())
        self.register_buffer("bias", weights.get(f"{name}.conv.bias", (channels[1],)))
        self.ratio = ratio

    bias: Tensor

    def stream(self, x: Tensor, past: Past, team: Team) -> Tensor:
        frames = x.shape[-1]
        parts = [partial(self._part, x, i) for i in range(len(self.parts))]
        products = frames * x.shape[1] * len(self.bias) * 2 * self.ratio
        y = torch.cat(team.compute(parts, products), 1)
        if self in past:
            y[..., : self.ratio] += past[self][0]
        past[self] = (y[..., frames * self.ratio :],)
        return y[..., : frames * self.ratio] + self.bias.view(1, -1, 1)

    def _part(self, x: Tensor, number: int) -> Tensor:
        weight = self.get_buffer(f"weight_{number}")
        return F.conv_transpose1d(x, weight, stride=self.ratio)


class Recurrent(nn.Module):
    """LSTM over the frames, added to its input."""

    def __init__(self, weights: Weights, name: str, width: int, layers: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(width, width, layers).requires_grad_(False)
        for parameter, value in list(self.lstm.named_parameters()):
            stored = weights.get(f"{name}.lstm.{parameter}", value.shape)
            setattr(self.lstm, parameter, nn.Parameter(stored, requires_grad=False))

    def stream(self, x: Tensor, past: Past, team: Team) -> Tensor:
        y: Tensor
        y, past[self] = self.lstm(x.permute(2, 0, 1), past.get(self))
        return x + y.permute(1, 2, 0)


class Elu(nn.Module):
    """The activation between the convolutions."""

    def stream(self, x: Tensor, past: Past, team: Team) -> Tensor:
        return F.elu(x)


class Residual(nn.Module):
    """Two convolutions through a narrow middle, added to the input or to a shortcut of it."""

    def __init__(
        self, weights: Weights, name: str, config: CodecConfig, width: int, dilation: int
    ) -> None:
        super().__init__()
        middle = width // config.compress
        kernel = config.residual_kernel_size
        self.inner = nn.ModuleList(
            [
                Elu(),
                Conv(weights, f"{name}.block.1", config, (width, middle), kernel, dilation),
                Elu(),
                Conv(weights, f"{name}.block.3", config, (middle, width), 1),
            ]
        )
        self.shortcut = (
            Conv(weights, f"{name}.shortcut", config, (width, width), 1)
            if config.use_conv_shortcut
            else None
        )

    def stream(self, x: Tensor, past: Past, team: Team) -> Tensor:
        y = x
        for layer in self.inner:
            y = layer.stream(y, past, team)  # type: ignore[operator]
        return y + (x if self.shortcut is None else self.shortcut.stream(x, past, team))


@contextmanager
def _whole_floats(device: torch.device) -> Iterator[None]:
    """Convolutions and the LSTM in float32 on CUDA, too: by default they keep 10 bits of each
    number there, from Ampere on."""
    if device.type != "cuda":
        yield
        return
    kinds: tuple[Any, ...] = (torch.backends.cudnn, torch.backends.cuda.matmul)
    before = [kind.allow_tf32 for kind in kinds]
    for kind in kinds:
        kind.allow_tf32 = False
    try:
        yield
    finally:
        for kind, allowed in zip(kinds, before, strict=True):
            kind.allow_tf32 = allowed


class CodecStage(nn.Module):
    """Codes → float32 samples."""

    PIECE_SECONDS = 0.5  # of sound between two looks at Stop
    CARD_SECONDS = 4.0  # the same on CUDA, where each piece costs some hundred launches

    def __init__(self, weights: Weights, config: BarkConfig, device: torch.device) -> None:
        super().__init__()
        codec = config.codec
        self.device = device
        books = config.fine_rules.n_fine_codebooks
        codebooks = [
            weights.get(
                f"codec_model.quantizer.layers.{i}.codebook.embed",
                (codec.codebook_size, codec.hidden_size),
            )
            for i in range(books)
        ]
        self.register_buffer("codebooks", torch.stack(codebooks))
        self.layers = nn.ModuleList(self._layers(weights, codec))
        self.samples_per_frame = math.prod(codec.upsampling_ratios)
        # Channels of all values of one sample that are there at once, in the last and widest block.
        self.widest = 8 * codec.num_filters
        seconds = self.CARD_SECONDS if device.type == "cuda" else self.PIECE_SECONDS
        frame_rate = config.sample_rate / self.samples_per_frame
        # The mirror at the start of the first layer wants more frames than its own context.
        self.piece = max(codec.kernel_size, round(frame_rate * seconds))

    codebooks: Tensor  # (codebooks, codes, width)

    @staticmethod
    def _layers(weights: Weights, codec: CodecConfig) -> list[nn.Module]:
        """The layers in order; a name counts them as transformers does."""
        layers: list[nn.Module] = []

        def name() -> str:
            return f"codec_model.decoder.layers.{len(layers)}"

        width = codec.num_filters * 2 ** len(codec.upsampling_ratios)
        layers.append(Conv(weights, name(), codec, (codec.hidden_size, width), codec.kernel_size))
        layers.append(Recurrent(weights, name(), width, codec.num_lstm_layers))
        for ratio in codec.upsampling_ratios:
            layers.append(Elu())
            layers.append(UpConv(weights, name(), codec, (width, width // 2), ratio))
            width //= 2
            for j in range(codec.num_residual_layers):
                dilation = codec.dilation_growth_rate**j
                layers.append(Residual(weights, name(), codec, width, dilation))
        layers.append(Elu())
        channels = (width, codec.audio_channels)
        layers.append(Conv(weights, name(), codec, channels, codec.last_kernel_size))
        return layers

    def forward(self) -> CodecStage:
        """Does nothing: entering a stage is what offload hooks listen to."""
        return self

    def start(self) -> Past:
        """The memory of a new stream."""
        return {}

    def decode(
        self,
        codes: Tensor,
        past: Past,
        passed: Callable[[int, int], None],
        tick: Tick = lambda: None,
    ) -> Tensor:
        """The next codes of a stream: int64 (codebooks, frames) → float32 (samples,), on the CPU.

        passed(done, total) is called in frames, twice a second of sound; tick between layers. After
        what either raises the stream cannot go on.
        """
        with team(self.device) as workers, _whole_floats(self.device):
            return self._decode(codes, past, passed, tick, workers)

    def _decode(
        self,
        codes: Tensor,
        past: Past,
        passed: Callable[[int, int], None],
        tick: Tick,
        team: Team,
    ) -> Tensor:
        frames = codes.shape[1]
        sound = []
        for start in range(0, frames, self.piece):
            piece = codes[:, start : start + self.piece].to(self.device)
            rows = zip(self.codebooks, piece, strict=True)
            x = torch.stack([table[ids] for table, ids in rows]).sum(0).T.unsqueeze(0)
            for layer in self.layers:
                tick()
                x = layer.stream(x, past, team)  # type: ignore[operator]
            sound.append(x[0].mean(0).cpu())
            passed(min(start + self.piece, frames), frames)
        return torch.cat(sound) if sound else torch.empty(0)
