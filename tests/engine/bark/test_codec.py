"""The codec: a stream in pieces, and transformers' EnCodec in one go, give the same samples."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.bark.checkpoint import Weights
from engine.bark.codec import CodecStage, _whole_floats
from engine.bark.config import read_config
from engine.models.bark import STARTER
from tests.engine.bark.reference import SAMPLES, Tiny


@pytest.fixture(scope="module")
def codec(tiny: Tiny) -> CodecStage:
    return CodecStage(Weights(tiny.folder), read_config(tiny.folder), torch.device("cpu"))


def codes_of(frames: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(frames)
    return torch.randint(0, 32, (4, frames), generator=generator)


def decode(codec: CodecStage, codes: torch.Tensor, pieces: list[int] | None = None) -> np.ndarray:
    past = codec.start()
    parts = codes.split(pieces or [codes.shape[1]], 1)
    with torch.inference_mode():
        return torch.cat([codec.decode(part, past, lambda *_: None) for part in parts]).numpy()


def theirs(tiny: Tiny, codes: torch.Tensor) -> np.ndarray:
    with torch.no_grad():
        emb = tiny.model.codec_model.quantizer.decode(codes.unsqueeze(1))
        return tiny.model.codec_model.decoder(emb)[0, 0].numpy()


def close(ours: np.ndarray, reference: np.ndarray) -> None:
    assert ours.shape == reference.shape
    np.testing.assert_allclose(ours, reference, rtol=0, atol=2e-6)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 6, 7, 8, 24, 25, 26, 33, 120])
def test_equal_to_transformers(tiny: Tiny, codec: CodecStage, frames: int) -> None:
    """From clips shorter than the mirror that the first layer begins with, to several pieces."""
    codes = codes_of(frames)
    ours = decode(codec, codes)
    assert len(ours) == frames * SAMPLES
    close(ours, theirs(tiny, codes))


@pytest.mark.parametrize("pieces", [[60, 60], [7, 13, 100], [10] * 12, [7] + [1] * 113])
def test_trap_11_pieces_equal_the_whole(codec: CodecStage, pieces: list[int]) -> None:
    """Trap 11. Sound depends on what came before and never on what follows."""
    codes = codes_of(120)
    close(decode(codec, codes, pieces), decode(codec, codes))


def test_trap_11_a_prefix_sounds_the_same(codec: CodecStage) -> None:
    """Trap 11."""
    codes = codes_of(110)
    close(decode(codec, codes[:, :60]), decode(codec, codes)[: 60 * SAMPLES])


def test_what_came_before_matters(codec: CodecStage) -> None:
    """The memory of a stream is used: without it a second piece starts anew."""
    codes = codes_of(60)
    alone = decode(codec, codes[:, 30:])
    assert np.abs(alone - decode(codec, codes)[30 * SAMPLES :]).max() > 1e-3


def test_nothing(codec: CodecStage) -> None:
    assert decode(codec, codes_of(0)).shape == (0,)


def test_half_a_second_between_two_looks(codec: CodecStage) -> None:
    """passed is called in frames and ends at all of them."""
    seen: list[tuple[int, int]] = []
    with torch.inference_mode():
        codec.decode(codes_of(60), codec.start(), lambda *at: seen.append(at))
    assert seen == [(25, 60), (50, 60), (60, 60)]


@pytest.fixture(scope="module")
def starter() -> CodecStage:
    """Wide enough for torch to divide its sums among threads."""
    return CodecStage(Weights(STARTER), read_config(STARTER), torch.device("cpu"))


@pytest.mark.parametrize("frames", [1, 7, 38, 101])
def test_the_samples_do_not_depend_on_the_threads(starter: CodecStage, frames: int) -> None:
    """To the last bit: a recording that is made again elsewhere is the same file."""
    codes = torch.randint(0, 1024, (len(starter.codebooks), frames))
    before = torch.get_num_threads()
    heard = []
    try:
        for threads in (1, 2, 3, 4, 7):
            torch.set_num_threads(threads)
            heard.append(decode(starter, codes).tobytes())
            assert torch.get_num_threads() == threads  # what comes after has all of them
    finally:
        torch.set_num_threads(before)
    assert len(set(heard)) == 1


def test_stop_gives_the_threads_back(starter: CodecStage) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = torch.get_num_threads()
    with pytest.raises(KeyboardInterrupt), torch.inference_mode():
        starter.decode(torch.zeros(len(starter.codebooks), 38, dtype=torch.int64), {}, stop)
    assert torch.get_num_threads() == before


def test_on_a_card_convolutions_keep_all_bits() -> None:
    """TF32 is off around the codec, and what others had chosen comes back."""
    convolutions, products = torch.backends.cudnn, torch.backends.cuda.matmul
    before = convolutions.allow_tf32, products.allow_tf32
    try:
        for flag in (True, False):
            convolutions.allow_tf32 = products.allow_tf32 = flag
            with pytest.raises(KeyboardInterrupt), _whole_floats(torch.device("cuda")):
                assert not convolutions.allow_tf32
                assert not products.allow_tf32
                raise KeyboardInterrupt
            assert (convolutions.allow_tf32, products.allow_tf32) == (flag, flag)
            with _whole_floats(torch.device("cpu")):
                assert convolutions.allow_tf32 is flag
    finally:
        convolutions.allow_tf32, products.allow_tf32 = before
