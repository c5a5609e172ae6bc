"""The recipe of the starter voice at toy size, as its README tells: data made here, no teacher."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from transformers import BarkModel

from engine.api import SpeechRequest, SpeechRow
from engine.bark.engine import BarkEngine
from engine.bark.voice_facts import read_voice_facts, stand_in
from engine.bark.voices import presets
from engine.models import integrity
from engine.settings import Settings

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

RECIPE = Path(__file__).parents[1] / "resources/starter-voice/recipe"
SIZES = {"layers": 3, "coarse_layers": 2, "width": 64, "fine_layers": 1, "filters": 4}
VOICES = ("af_heart", "am_michael", "af_bella", "jm_kumo")

# Rows whose words, letters and units fit, and a hum for each unit.
DATA = """
import json, random, sys
from pathlib import Path
import numpy as np
import shards, text
work = Path(sys.argv[1])
made, draw, units = text.tokenizer(), random.Random(0), len(text.FIXED["units"])
def row():
    words = ["".join(draw.choices("abcdefghij", k=draw.randint(2, 5))) for _ in range(4)]
    said = " ".join(words) + "."
    ids = made.encode(said).ids
    counts, spans = [draw.randint(1, 2) for _ in ids], [(i, i) for i in range(len(ids))]
    return shards.Row(said, [i % units for i in ids], counts, spans)
for kind, voice, count in [("rows", "all", 400), ("held-out", "af_heart", 40)] + [
    ("sound", voice, 40) for voice in sys.argv[2:]
]:
    (work / kind).mkdir(exist_ok=True)
    rows = [row() for _ in range(count)]
    path = work / kind / f"{voice}.0000.npz"
    shards.write(path, rows)
    if kind != "rows":
        pitch = np.concatenate([np.repeat(r.units, np.array(r.counts) * 640) for r in rows])
        noise = np.random.default_rng(0).normal(0, 0.2, len(pitch))
        hum = np.sin(np.cumsum(0.02 + 0.005 * pitch)) + noise
        np.save(path.with_suffix(".sound.npy"), (hum * 8000).astype(np.int16))
"""


def run(*command: str | Path) -> str:
    """A command of the recipe; what it prints."""
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=RECIPE,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(code: str, *arguments: str | Path) -> Any:
    """What a piece of code finds among the recipe's modules, as JSON."""
    return json.loads(run("-c", code, *arguments))


def prepared(folder: Path, data: str) -> Path:
    """A work folder with what a piece of code makes, and its codes."""
    (folder / "sizes.json").write_text(json.dumps(SIZES))
    run("-c", data, folder, *VOICES)
    run("codes.py", folder, "fit")
    run("codes.py", folder, "encode")
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything but the trainings of transformers."""
    return prepared(tmp_path_factory.mktemp("work"), DATA)


@pytest.fixture(scope="module")
def trained(work: Path) -> Path:
    """Every stage, a few steps."""
    run("train.py", work, "semantic", "--steps", "6")
    run("train.py", work, "coarse", "--steps", "4")
    run("own.py", work)
    run("train.py", work, "fine", "--steps", "4")
    run("own_fine.py", work)
    run("codec.py", work, "--steps", "4")
    return work


@pytest.fixture(scope="module")
def checkpoint(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint")
    (folder / "speaker_embeddings").mkdir()
    (folder / "speaker_embeddings" / "joe_fine_prompt.npy").write_bytes(b"of an earlier edition")
    (trained / "pronunciations.txt").write_text("abcd ˈæ\n", encoding="utf-8")
    run("assemble.py", trained, folder)
    return folder


def weights(folder: Path) -> dict[str, torch.Tensor]:
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def copied(work: Path, target: Path) -> Path:
    """The data without what was learned."""
    shutil.copytree(work, target, ignore=shutil.ignore_patterns("*.pt"))
    return target


@pytest.mark.parametrize(
    ("stage", "command"),
    [
        ("semantic", ("train.py", "semantic")),
        ("coarse", ("train.py", "coarse")),
        ("fine", ("train.py", "fine")),
        ("codec", ("codec.py",)),
    ],
)
def test_a_training_that_was_stopped_ends_as_if_it_were_not(
    work: Path, tmp_path: Path, stage: str, command: tuple[str, ...]
) -> None:
    script, *name = command
    found = []
    for stops in ((4,), (1, 3, 4)):
        folder = copied(work, tmp_path / str(len(stops)))
        for stop in stops:
            run(script, folder, *name, "--steps", "4", "--stop", str(stop))
        found.append(torch.load(folder / f"{stage}.pt", weights_only=True)["average"])
    assert found[0].keys() == found[1].keys()
    assert all(torch.equal(found[0][key], found[1][key]) for key in found[0])


@pytest.mark.parametrize(("rate", "same"), [("0", True), ("0.2", False)])
def test_a_training_may_go_on_at_another_rate(
    work: Path, tmp_path: Path, rate: str, same: bool
) -> None:
    folder, found = copied(work, tmp_path / "work"), []
    for stop in ("1", "2"):
        run("train.py", folder, "fine", "--steps", "2", "--stop", stop, "--rate", rate)
        found.append(torch.load(folder / "fine.pt", weights_only=True)["model"])
    assert all(torch.equal(found[0][key], found[1][key]) for key in found[0]) is same


@pytest.mark.parametrize(("share", "weight"), [(0.0, 1.0), (0.25, 2.0), (1.0, 5.0)])
def test_two_states_of_a_training_are_mixed(tmp_path: Path, share: float, weight: float) -> None:
    """The averages alone, into a new file or over one of the two."""
    for name, value in (("earlier", 1.0), ("later", 5.0)):
        held = {"w": torch.full((2,), value), "n": torch.tensor(int(value))}
        state = {"average": held, "model": {"w": torch.full((2,), -value)}, "step": int(value)}
        torch.save(state, tmp_path / f"{name}.pt")
    later = tmp_path / "later.pt"
    for out in (tmp_path / "out.pt", later):
        run("mean.py", tmp_path / "earlier.pt", later, out, "--share", str(share))
        found = torch.load(out, weights_only=True)
        assert found["average"]["w"].tolist() == [weight, weight]
        assert (int(found["average"]["n"]), found["step"]) == (5, 5)
        assert found["model"]["w"].tolist() == [-5.0, -5.0]


def test_the_fine_stage_is_told_what_is_nearly_right(trained: Path) -> None:
    """What is to be found is nearest to what the known books leave, and soft around it."""
    found = ask(
        """
import json, random, sys
from pathlib import Path
import torch
from fine import FineStage
from layout import Sizes
stage = FineStage(work := Path(sys.argv[1]), Sizes.of(work))
draw, right, lost = random.Random(0), [], []
for _ in range(6):
    told, left, counted, number = stage.batch(draw, 1.0)
    book = int(number)
    lost.append(bool((told[:, book][counted] == 1024).all()))  # it is not told
    rows, places = counted.nonzero().T
    scores = torch.full((*told.shape[::2], 1024), -50.0)
    far = torch.cdist(left[counted], stage.books[book])
    scores[rows, places] = -far.square() / stage.scales[book]
    stage.model.forward = lambda known, book, scores=scores: scores
    batch = (told, left, counted, number)
    soft, _ = stage.loss(batch)
    scores = torch.where(scores == scores.max(2, keepdim=True)[0], 50.0, -50.0)
    stage.model.forward = lambda known, book, scores=scores: scores
    right.append([float(stage.losses(batch).max()), float(soft), float(stage.loss(batch)[0])])
print(json.dumps([lost, right]))
""",
        trained,
    )
    lost, right = found
    assert all(lost)
    for nearest, soft, hard in right:
        assert nearest < 7, "one of the nearest is what counts as right: 100 if it were another"
        assert soft < hard, "the share of each code is what the loss is least at"


def test_it_learns_to_read(work: Path, tmp_path: Path) -> None:
    """Letters are units here, in words that it never saw, and the prompt says who speaks."""
    folder = copied(work, tmp_path / "work")
    run("train.py", folder, "semantic", "--steps", "300")
    for voice in ("af_heart", "jm_kumo"):
        said = run("reading.py", folder, "--sentences", "20", "--voice", voice)
        assert float(said.split("temperature 0.0: ")[1].split(" %")[0]) < 20, said
        assert "right, 0.00 % of the ids another voice's" in said


def test_the_engine_speaks_with_it(checkpoint: Path) -> None:
    assert tuple(presets(checkpoint)) == VOICES
    about = read_voice_facts(checkpoint)
    assert [about[voice].kind for voice in VOICES] == ["woman", "man", "woman", "man"]
    assert {one.languages for one in about.values() if not one.instead} == {("en",)}
    assert stand_in(checkpoint, "joe") in VOICES  # who used the first edition's is not left alone
    engine = BarkEngine(checkpoint, Settings(precision="float32"))
    rows = tuple(SpeechRow(text="Abcd efgh.", voice=voice) for voice in (None, "jm_kumo"))
    for take in engine.generate(SpeechRequest(rows=rows)).takes:
        assert take.audio.dtype == np.float32
        assert len(take.audio) == 640 * len(take.semantic)
    engine.close()


def test_transformers_fills_in_what_is_left_out(checkpoint: Path) -> None:
    model, loaded = BarkModel.from_pretrained(checkpoint, output_loading_info=True)
    assert not loaded["unexpected_keys"]
    left_out = ("codec_model.encoder.", "codec_model.quantizer.", "semantic.", "coarse_acoustics.")
    assert all(key.startswith(left_out) for key in loaded["missing_keys"])
    causal = [key for key in loaded["missing_keys"] if not key.startswith("codec_model.")]
    assert all(key.endswith(".attn.bias") for key in causal)
    mask = model.semantic.layers[0].attn.bias
    assert torch.equal(mask[0, 0], torch.ones_like(mask[0, 0]).tril())


def test_transformers_predicts_what_was_trained(trained: Path, checkpoint: Path) -> None:
    """The tables that the helpers of the training were folded into."""
    code = """
import json, sys
from pathlib import Path
import torch, text
from layout import *
from model import Reader
work = Path(sys.argv[1])
model = Reader(Sizes.of(work), POSITIONS, text.LONGEST)
model.load_state_dict(torch.load(work / "semantic.pt", weights_only=True)["average"])
words = torch.full((1, text.LONGEST), TEXT_IDS); words[0, :9] = torch.arange(2, 11)
with torch.no_grad():
    found = model(words, torch.full_like(words, END), torch.tensor([[2 * BLOCK + 5]]))
print(json.dumps([TEXT_OFFSET, TEXT_PAD, END, INFER, 2 * BLOCK + 5, found[0].tolist()]))
"""
    offset, pad, end, infer, token, wanted = ask(code, trained)
    bark = BarkModel.from_pretrained(checkpoint).semantic
    words = torch.full((96,), pad)
    words[:9] = torch.arange(2, 11) + offset
    table = bark.input_embeds_layer
    with torch.no_grad():
        prompt = table(words) + table(torch.full_like(words, end))
        x = torch.cat([prompt, table(torch.tensor([infer, token]))])
        found = bark(inputs_embeds=x[None]).logits[0, -2:]
    assert torch.allclose(found, torch.tensor(wanted), atol=5e-3)  # stored in float16


def test_the_folder_is_whole(checkpoint: Path) -> None:
    """Hashes of every file of the model, a sample of every voice, nothing of another edition."""
    assert integrity.has_hashes(checkpoint)
    assert integrity.verify(checkpoint) == []
    hashed = {line.split()[1] for line in (checkpoint / "SHA256SUMS").read_text().splitlines()}
    there = {p.relative_to(checkpoint).as_posix() for p in checkpoint.rglob("*") if p.is_file()}
    assert {name for name in there if not name.startswith("samples/")} == hashed | {"SHA256SUMS"}
    assert not any("joe" in name for name in there)
    run("samples.py", checkpoint)
    samples = sorted(path.stem for path in (checkpoint / "samples").iterdir())
    assert samples == sorted(("default", *VOICES))
    assert integrity.verify(checkpoint) == []


def test_the_card_says_what_was_measured(trained: Path, tmp_path: Path) -> None:
    """The last result of each kind, of each language; the rest of the card stays."""
    spoken = {"units": 2.5, "rtf": 0.054, "MB": 400, "no_end": 1, "too_short": 0, "too_long": 0}
    results = [
        {"what": "no preset: sound", "takes": 199, "wer": 2.1},
        {"what": "no preset: text int8 batch 8", "takes": 9, "wer": 99.0, **spoken},
        {"what": "no preset: text int8 batch 8", "takes": 199, "wer": 5.1, **spoken},
        {"what": "jm_kumo: text float32 batch 1", "takes": 40, "wer": 7.0, **spoken},
    ]
    ja = {"language": "ja", "cer": 4.5}
    say = {**ja, "what": "jm_kumo: sentence int8 batch 8", "takes": 3, "sentence": "はい。"}
    results += [
        {**ja, "what": "no preset: text int8 batch 8", "takes": 7, "accent": 0.9, **spoken},
        {**say, "moras": [95.5, 12.0, 97.0]},
    ]
    lines = tmp_path / "results.jsonl"
    lines.write_text("".join(json.dumps(result) + "\n" for result in results))
    card, marks = tmp_path / "README.md", "<!-- {0} -->\nold\n<!-- /{0} -->\n"
    places = "".join(map(marks.format, ("measured", "measured ja", "trained")))
    card.write_text(f"# Card\n{places}end\n", encoding="utf-8")
    run("card.py", trained, tmp_path, lines)
    text = card.read_text(encoding="utf-8")
    assert "old" not in text
    assert "99.0" not in text
    assert (
        "| **af_heart, without a preset**, int8, 8 rows together | 5.1 % | 2.5 % | 0.05 |" in text
    )
    assert "| **preset `jm_kumo`**, float32 | 7.0 % | 2.5 % |  |  | 40 |" in text
    japanese = (
        "| **af_heart, without a preset**, int8, 8 rows together | 4.5 % | 2.5 % | 0.9 | 0.05 |"
    )
    assert japanese in text.partition("<!-- measured ja -->")[2]
    one = "preset `jm_kumo`, int8, 8 rows together 95.5 % (in the worst 12.0)"
    assert f"Heard of 「はい。」 (3 takes of each voice), moras: {one}." in text
    assert "Of 239 takes 2 did not end by themselves" in text
    assert "Steps: semantic 6, coarse 4, fine 4, codec 4. Semantic rows: 400." in text
    assert text.startswith("# Card\n<!-- measured -->\n| held-out")
    assert text.endswith("<!-- /trained -->\nend\n")


def test_nothing_is_stored_that_nothing_reads(checkpoint: Path) -> None:
    stored = weights(checkpoint)
    assert all(value.dtype == torch.float16 for value in stored.values())
    dead = ("codec_model.encoder.", ".attn.bias", ".embed_avg")
    assert not [name for name in stored if any(part in name for part in dead)]


@pytest.mark.parametrize("stage", ["semantic", "coarse", "fine"])
def test_a_training_goes_on_from_a_checkpoint(
    work: Path, checkpoint: Path, tmp_path: Path, stage: str
) -> None:
    """The weights of a checkpoint, taken and written again, are the same."""
    code = """
import sys
from pathlib import Path
import torch
from train import STAGES, Training
from layout import Sizes
work, folder, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
training = Training(STAGES[name](work, Sizes.of(work)), torch.device("cpu"))
training.begin_from(folder, name)
torch.save(training.model.plain(), sys.argv[4])
"""
    target = tmp_path / "plain.pt"
    run("-c", code, work, checkpoint, stage, target)
    stored = weights(checkpoint)
    prefix = stage if stage == "semantic" else f"{stage}_acoustics"
    for name, value in torch.load(target, weights_only=True).items():
        assert torch.allclose(value, stored[f"{prefix}.{name}"].float(), atol=2e-4), name


def test_it_begins_with_what_an_earlier_edition_knows_of_sound(
    work: Path, checkpoint: Path, tmp_path: Path
) -> None:
    """Centroids in another order take their vectors along; a wider codec makes the same sound."""
    code = """
import sys
from pathlib import Path
import torch
from codec import config
from codes import BANDS
from layout import Sizes
from model_codes import Fine, Speaker
from transformers import EncodecModel
from windows import load_books
found, books = {}, load_books(Path(sys.argv[1]))
for work, filters in (sys.argv[1], 4), (sys.argv[2], 8):
    state = lambda stage: torch.load(Path(work, stage + ".pt"), weights_only=True)["average"]
    coarse, fine = Speaker(Sizes.of(Path(work)), books), Fine(Sizes.of(Path(work)), books)
    coarse.load_state_dict(state("coarse"))
    fine.load_state_dict(state("fine"))
    decoder = EncodecModel(config(Sizes(filters=filters))).decoder
    decoder.load_state_dict(state("codec"))
    frames = torch.randn(1, BANDS, 30, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        first = coarse.codes[:1024], coarse.heads[:1024], fine.codes[0, :1024]
        found[filters] = [*first, coarse.body.layers[1].mlp.in_proj.weight, decoder(frames)]
torch.save(found, sys.argv[3])
"""
    folder = copied(work, tmp_path / "work")
    (folder / "sizes.json").write_text(json.dumps(SIZES | {"filters": 8}))
    np.save(folder / "books.npy", np.load(work / "books.npy")[:, ::-1].copy())
    run("earlier.py", folder, checkpoint)
    run("-c", code, work, folder, tmp_path / "found.pt")
    found = torch.load(tmp_path / "found.pt", weights_only=True)
    (*tables, inner, sound), carried = found[4], found[8]
    for ours, theirs in zip(carried, [*(t.flip(0) for t in tables), inner, sound], strict=True):
        assert torch.allclose(ours, theirs, atol=2e-3)  # stored in float16
    run("train.py", folder, "coarse", "--steps", "1")


def test_a_voice_is_a_block_of_ids(work: Path) -> None:
    code = """
import json, sys
from pathlib import Path
import shards
from layout import *
row = shards.Row("ab", [3, 7], [2, 1], [(0, 0), (1, 1)])
print(json.dumps([[tokens(row, v).tolist() for v in range(4)], BLOCK, END]))
"""
    said, block, end = ask(code)
    assert said[0] == [6, 7, 14]
    assert said[3] == [3 * block + 6, 3 * block + 7, 3 * block + 14]
    assert end == 4 * block


def test_a_voice_with_little_sound_is_drawn_more_often_than_its_share() -> None:
    code = """
import json
from windows import shares
print(json.dumps(shares(["a", "a", "b", "c"], [300, 100, 100, 0], 0.6)))
"""
    assert ask(code) == pytest.approx([0.3, 0.1, 0.2, 0.0])


def test_sounds_are_read_from_the_letters_near_their_share_of_a_word() -> None:
    code = """
import json, text
from alignment import align
made = text.tokenizer()
def of(spoken, said):
    found = align(spoken, made.encode(said).tokens)
    return found and [found.units, found.spans, found.unit]
print(json.dumps([of("hˈO, kˈæts", "ho, cats"), of("hˈO", "ho ho")]))
"""
    (units, spans, unit), refused = ask(code)
    assert units == ["h", "ˈO", ",", "k", "ˈæ", "t", "s", "$"]
    assert spans == [[0, 1], [0, 1], [2, 2], [3, 4], [3, 5], [4, 6], [5, 6], [6, 6]]
    # stress belongs to its vowel, a space to the sound before it, the end to itself
    assert unit == [0, 1, 1, 2, 2, 3, 4, 4, 5, 6, 7]
    assert refused is None


def test_kana_is_spelled_mora_by_mora() -> None:
    code = """
import json, text
made = text.tokenizer(japanese=True)
said = [made.encode(s).tokens for s in ("きょ〜ワ|ハレガ, ok.", "がギゔヴー")]
print(json.dumps([said, text.tokenizer().encode("きょ〜 a").tokens, made.get_vocab_size()]))
"""
    (mixed, voiced), english, size = ask(code)
    assert mixed == ["きょ", "〜", "ワ", "|", "ハ", "レ", "ガ", ",", "o", "##k", "."]
    assert voiced == ["が", "ギ", "ゔ", "ヴ", "ー"]  # the marks of kana are no accents
    assert english == ["a"]
    assert size == 2 + 2 * 27 + 7 + 1 + 2 * 159


def test_prepared_data_come_back(tmp_path: Path) -> None:
    code = """
import json, sys
from pathlib import Path
import shards
one = shards.Row("a b", [1, 104], [1, 2], [(0, 1), (2, 2)])
rows = [one, shards.Row("’c", [5], [255], [(95, 95)])]
path = Path(sys.argv[1]) / "all.0000.npz"
shards.write(path, rows)
print(json.dumps([shards.read(path) == rows, [p.name for p in path.parent.iterdir()]]))
"""
    assert ask(code, tmp_path) == [True, ["all.0000.npz"]]
