"""The codec's decoder learns to turn codes into sound.

    codec.py WORK --steps 30000

EnCodec's decoder as transformers has it, from the centroids of codes.py. Most of the codes are
those that the coarse and the fine model say (own_fine.py), if that was run: it learns what sound
was meant by their slips. Losses: spectra at several resolutions, log-mel frames and, after a while,
a small discriminator against the buzz. Needs the sound itself. Goes on from WORK/codec.pt as
train.py does.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np
import shards
import torch
from codes import BANDS, BOOKS, HOP, RATE, SIZE, mel_filters, sound_of
from discriminator import Discriminator, caught, unlike
from layout import Sizes
from safetensors.torch import load_file
from torch import Tensor
from train import SAVE, factor
from transformers import EncodecConfig, EncodecModel
from windows import frames_of, load_books, shares

ROWS, FRAMES = 12, 40  # of a step: 12 × 0.8 s
RESOLUTIONS = ((256, 64), (512, 128), (1024, 256))
RATES = 1e-3, 2e-4  # of the decoder until it is judged, and of both from then on
JUDGED = 0.3  # share of the steps before the discriminator is heard
HEARD = 0.7  # share of the rows whose codes are those that the models say
FOOLED, LIKE = 0.3, 1.0  # weights of its verdicts and of what its layers see


def config(sizes: Sizes) -> EncodecConfig:
    """The codec's sizes."""
    return EncodecConfig(
        sampling_rate=RATE,
        target_bandwidths=[BOOKS * 0.5],  # kbit/s: the number of codebooks
        codebook_size=SIZE,
        hidden_size=BANDS,
        codebook_dim=BANDS,
        num_filters=sizes.filters,
        num_lstm_layers=1,
        upsampling_ratios=[8, 5, 4, 2],
        use_conv_shortcut=False,
    )


class Spectra(torch.nn.Module):
    """Distance of two sounds (rows, samples) as the ear hears it, without their phases."""

    def __init__(self) -> None:
        super().__init__()
        for window, _ in RESOLUTIONS:
            self.register_buffer(f"window{window}", torch.hann_window(window))
            bands = {256: 40, 512: 60, 1024: 80}[window]
            self.register_buffer(f"mel{window}", mel_filters(bands, window))

    def forward(self, made: Tensor, real: Tensor) -> Tensor:
        total = made.new_zeros(())
        for window, hop in RESOLUTIONS:
            shape = self.get_buffer(f"window{window}")
            ours, theirs = (
                torch.stft(x, window, hop, window=shape, return_complex=True).abs().clamp(min=1e-4)
                for x in (made, real)
            )
            filters = self.get_buffer(f"mel{window}")
            total = total + (ours.clamp(min=3e-3).log() - theirs.clamp(min=3e-3).log()).abs().mean()
            total = total + (ours - theirs).norm() / theirs.norm()
            mels = [(filters @ x).clamp(min=3e-3).log() for x in (ours, theirs)]
            total = total + 2 * (mels[0] - mels[1]).abs().mean()
        return total / len(RESOLUTIONS)


def _sounds(
    work: Path, kind: str, share: float
) -> tuple[list[tuple[Tensor, Tensor, Tensor]], Tensor]:
    """Of each shard the teacher's codes, those that the models say, and the sound; and how often
    each is drawn, `share` in all."""
    found, voices = [], []
    for path in shards.paths(work, kind):
        codes, heard = path.with_suffix(".codes.npy"), path.with_suffix(".heard.npy")
        if not codes.exists():
            continue
        pair = [torch.from_numpy(np.load(p)).long() for p in (codes, heard) if p.exists()]
        found.append((pair[0], pair[-1], sound_of(path)))
        voices.append(path.name.split(".")[0])
    if not found:
        raise SystemExit(f"{work / kind} holds no sound: speak.py and codes.py make it")
    return found, torch.tensor(shares(voices, [codes.shape[1] for codes, *_ in found], share))


class Training:
    """The decoder, its judge, and the average of its weights. japanese: the share of what is drawn
    that is Japanese."""

    def __init__(
        self, work: Path, device: torch.device, kind: str = "sound", japanese: float = 0.0
    ) -> None:
        self.device = device
        self.books = load_books(work)
        self.shards, self.weights = _sounds(work, kind, 1 - japanese)
        if japanese:
            more, weights = _sounds(work, shards.kind(kind, "ja"), japanese)
            self.shards += more
            self.weights = torch.cat([self.weights, weights])
        self.decoder = EncodecModel(config(Sizes.of(work))).decoder.to(device)
        self.judge = Discriminator().to(device)
        self.spectra = Spectra().to(device)
        self.optimizers = [
            torch.optim.AdamW(part.parameters(), RATES[0], betas=(0.8, 0.99), weight_decay=0.0)
            for part in (self.decoder, self.judge)
        ]
        self.step = 0
        self.average = {k: v.detach().clone() for k, v in self.decoder.state_dict().items()}

    def batch(self) -> tuple[Tensor, Tensor]:
        """Frames (ROWS, BANDS, FRAMES) and their sound (ROWS, FRAMES · HOP)."""
        inputs, targets = [], []
        for i in torch.multinomial(self.weights, ROWS, replacement=True).tolist():
            codes, heard, sound = self.shards[i]
            if torch.rand(()) < HEARD:
                codes = heard
            at = int(torch.randint(codes.shape[1] - FRAMES, ()))
            inputs.append(frames_of(codes[:, at : at + FRAMES], self.books).T)
            targets.append(sound[at * HOP : (at + FRAMES) * HOP])
        return torch.stack(inputs).to(self.device), torch.stack(targets).to(self.device)

    def made(self, frames: Tensor) -> Tensor:
        """(rows, BANDS, frames) → sound (rows, samples)."""
        with torch.autocast(self.device.type, torch.bfloat16):
            sound: Tensor = self.decoder(frames)
        return sound[:, 0].float()

    def one(self, seed: int, steps: int) -> tuple[float, float]:
        """One step; the distance of the spectra and the judge's loss."""
        torch.manual_seed(seed * 1_000_003 + self.step)
        frames, real = self.batch()
        judged = self.step >= JUDGED * steps
        rate = RATES[judged] * factor(self.step, steps)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
        made, verdict = self.made(frames), 0.0
        loss = distance = self.spectra(made, real)
        if judged:
            with torch.autocast(self.device.type, torch.bfloat16):
                told = caught(self.judge(real), self.judge(made.detach()))
            self._learn(self.judge, self.optimizers[1], told)
            with torch.autocast(self.device.type, torch.bfloat16):
                fooled, like = unlike(self.judge(real), self.judge(made))
            loss, verdict = distance + FOOLED * fooled + LIKE * like, float(told.detach())
        self._learn(self.decoder, self.optimizers[0], loss)
        with torch.no_grad():
            for key, value in self.decoder.state_dict().items():
                self.average[key].lerp_(value, 0.005)
        self.step += 1
        return float(distance.detach()), verdict

    @staticmethod
    def _learn(part: torch.nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
        part.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(part.parameters(), 5.0)
        optimizer.step()

    def save(self, path: Path) -> None:
        """Write all that the next step needs, whole or not at all."""
        state = {
            "decoder": self.decoder.state_dict(), "judge": self.judge.state_dict(),
            "average": self.average, "step": self.step,
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }  # fmt: skip
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        state = torch.load(path, weights_only=True, map_location=self.device)
        self.decoder.load_state_dict(state["decoder"])
        self.judge.load_state_dict(state["judge"])
        for optimizer, values in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(values)
        self.average, self.step = state["average"], state["step"]

    def begin_from(self, folder: Path) -> None:
        """Start with the decoder of a checkpoint."""
        found = load_file(folder / "model.safetensors")
        own = self.decoder.state_dict()
        for key, value in own.items():
            value.copy_(found[f"codec_model.decoder.{key}"])
        self.average = {k: v.detach().clone() for k, v in own.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("--steps", type=int, required=True, help="of the whole training")
    parser.add_argument("--stop", type=int, help="stop after this step")
    parser.add_argument("--hours", type=float, default=math.inf, help="stop after so many")
    parser.add_argument("--init", type=Path, help="a checkpoint folder to start from")
    parser.add_argument("--japanese", type=float, default=0.0, help="share of what is drawn")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    training = Training(args.work, torch.device(args.device), japanese=args.japanese)
    stored = args.work / "codec.pt"
    if stored.exists():
        training.load(stored)
    elif args.init:
        training.begin_from(args.init)
    begun = saved = time.time()
    recent: list[tuple[float, float]] = []
    last = min(args.steps, args.stop or args.steps)
    while training.step < last and time.time() - begun < 3600 * args.hours:
        recent.append(training.one(args.seed, args.steps))
        if training.step % 50 == 0 or training.step == last:
            spectra, judge = np.mean(recent[-50:], 0)
            seconds = time.process_time()
            line = f"step {training.step} spectra {spectra:.4f} judge {judge:.3f}"
            print(f"{line} {seconds:.0f} CPU s", flush=True)
        if time.time() - saved > SAVE:
            training.save(stored)
            saved = time.time()
    training.save(stored)


if __name__ == "__main__":
    main()
