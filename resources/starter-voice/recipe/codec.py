"""The codec's decoder learns to turn codes into sound.

    codec.py WORK --until 21:40

EnCodec's decoder as transformers has it, 1.3 M weights, from the centroids of codes.py. Losses:
spectra at several resolutions and log-mel frames. Goes on from WORK/codec.pt.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import clock
import numpy as np
import torch
from codes import BANDS, BOOKS, HOP, RATE, SIZE, mel_filters, sound_of
from torch import Tensor
from transformers import EncodecConfig, EncodecModel

ROWS, FRAMES = 12, 40  # of a step: 12 × 0.8 s
RESOLUTIONS = ((256, 64), (512, 128), (1024, 256))


def config() -> EncodecConfig:
    """The codec's sizes."""
    return EncodecConfig(
        sampling_rate=RATE,
        target_bandwidths=[BOOKS * 0.5],  # kbit/s: the number of codebooks
        codebook_size=SIZE,
        hidden_size=BANDS,
        codebook_dim=BANDS,
        num_filters=16,
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    clock.add_arguments(parser)
    args = parser.parse_args()
    torch.set_num_threads(1)
    until = clock.Until(args)
    torch.manual_seed(0)
    books = torch.from_numpy(np.load(args.work / "books.npy"))
    decoder = EncodecModel(config()).decoder
    spectra = Spectra()
    optimizer = torch.optim.AdamW(
        decoder.parameters(), lr=1e-3, betas=(0.8, 0.99), weight_decay=0.0
    )
    average = {k: v.clone() for k, v in decoder.state_dict().items()}
    step, losses, spent = 0, [], 0.0
    stored = args.work / "codec.pt"
    if stored.exists():
        state = torch.load(stored, weights_only=True)
        decoder.load_state_dict(state["decoder"])
        optimizer.load_state_dict(state["optimizer"])
        average, step, spent = state["average"], state["step"], state["seconds"]
    torch.manual_seed(step)
    shards: list[tuple[Tensor, Tensor]] = []
    seen: set[Path] = set()
    begun = saved = time.time()
    while not until.over():
        if step % 200 == 0 or not shards:
            for path in sorted((args.work / "sound").glob("*.codes.npy")):
                if path not in seen:
                    seen.add(path)
                    sound = sound_of(path.with_name(path.name.replace(".codes.npy", ".npz")))
                    shards.append((torch.from_numpy(np.load(path)).long(), sound))
        inputs, targets = [], []
        for _ in range(ROWS):
            codes, sound = shards[int(torch.randint(len(shards), ()))]
            at = int(torch.randint(codes.shape[1] - FRAMES, ()))
            inputs.append(codes[:, at : at + FRAMES])
            targets.append(sound[at * HOP : (at + FRAMES) * HOP])
        picked = torch.stack(inputs, 1)  # (books, rows, frames)
        x = torch.stack([book[c] for book, c in zip(books, picked, strict=True)]).sum(0)
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1, (step + 1) / 100) * until.factor()
        with torch.autocast("cpu", torch.bfloat16):
            made = decoder(x.transpose(1, 2))[:, 0]
        loss = spectra(made.float(), torch.stack(targets))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 5.0)
        optimizer.step()
        with torch.no_grad():
            for key, value in decoder.state_dict().items():
                average[key].lerp_(value, 0.005)
        step += 1
        losses.append(loss.item())
        if step % 50 == 0:
            seconds = time.time() - begun
            print(f"step {step} loss {np.mean(losses[-50:]):.4f} {seconds:.0f} s", flush=True)
        if time.time() - saved > 120 or until.over():
            saved = time.time()
            state = {
                "decoder": decoder.state_dict(), "average": average, "step": step,
                "optimizer": optimizer.state_dict(), "seconds": spent + saved - begun,
                "loss": float(np.mean(losses[-200:])),
            }  # fmt: skip
            torch.save(state, stored.with_suffix(".new"))
            stored.with_suffix(".new").rename(stored)


if __name__ == "__main__":
    main()
