"""The recipe of the starter voice in Japanese, at toy size: data made here, no teacher."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.bark.tokenizer import TextTokenizer
from engine.bark.voice_facts import read_voice_facts
from engine.bark.voices import presets
from tests.engine.spoken.moras_model import write_moras_model
from tests.test_starter_voice_recipe import RECIPE, ask, copied, prepared, run

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

# Letters or moras are units, and a hum for each unit.
DATA = """
import random, sys
from pathlib import Path
import numpy as np
import japanese_text, shards, text
from engine.spoken.moras import spelled
work = Path(sys.argv[1])
made, draw, units = text.tokenizer(japanese=True), random.Random(0), len(text.FIXED["units"])
def row(language):
    words = ["".join(draw.choices("abcdefghij", k=draw.randint(2, 5))) for _ in range(4)]
    said = " ".join(words) + "."
    while language == "ja":
        said = spelled(japanese_text.drill(draw))
        if len(said) < 40:
            break
    ids = made.encode(said).ids
    counts, spans = [draw.randint(1, 2) for _ in ids], [(i, i) for i in range(len(ids))]
    return shards.Row(said, [i % units for i in ids], counts, spans)
for language in "en", "ja":
    for kind, voice, count in [("rows", "all", 200), ("held-out", "af_heart", 30)] + [
        ("sound", voice, 20) for voice in sys.argv[2:]
    ]:
        rows = [row(language) for _ in range(count)]
        path = work / shards.kind(kind, language) / f"{voice}.0000.npz"
        path.parent.mkdir(exist_ok=True)
        shards.write(path, rows)
        if kind != "rows":
            pitch = np.concatenate([np.repeat(r.units, np.array(r.counts) * 640) for r in rows])
            noise = np.random.default_rng(0).normal(0, 0.2, len(pitch))
            hum = np.sin(np.cumsum(0.02 + 0.005 * pitch)) + noise
            np.save(path.with_suffix(".sound.npy"), (hum * 8000).astype(np.int16))
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of both languages, with codes."""
    return prepared(tmp_path_factory.mktemp("both"), DATA)


def test_english_goes_on_in_two_languages(work: Path, tmp_path: Path) -> None:
    """Every stage from a checkpoint, a few steps, and the checkpoint that comes of it."""
    english = copied(work, tmp_path / "english")
    for stage in ("semantic", "coarse", "fine"):
        run("train.py", english, stage, "--steps", "2")
    run("codec.py", english, "--steps", "2")
    for folder in (english, work):
        (folder / "pronunciations.txt").write_text("abcd ˈæ\n", encoding="utf-8")
    run("assemble.py", english, tmp_path / "en")

    both = copied(work, tmp_path / "both")
    start = ("--init", tmp_path / "en", "--japanese", "0.5", "--steps", "2")
    said = run("train.py", both, "semantic", *start)
    assert "held-out-ja" in said
    run("train.py", both, "coarse", *start)
    run("own.py", both)
    run("own.py", both, "--language", "ja")
    assert (both / "sound-ja" / "jm_kumo.0000.own.npy").exists()
    run("train.py", both, "fine", *start)
    run("own_fine.py", both, "--language", "ja")
    heard, own = (
        np.load(both / "sound-ja" / f"jm_kumo.0000.{name}.npy") for name in ("heard", "own")
    )
    assert np.array_equal(heard[: len(own)], own)
    assert heard.max() < 1024, "every frame has a code of every book"
    run("codec.py", both, *start)
    run("assemble.py", both, tmp_path / "ja", "--japanese")
    told = [json.loads((tmp_path / n / "tokenizer_config.json").read_text()) for n in ("en", "ja")]
    assert [one.get("japanese") for one in told] == [None, "moras"]
    assert [one.get("english") for one in told] == ["sounds", "sounds"]
    facts = read_voice_facts(tmp_path / "ja")
    assert facts["af_bella"].languages == ("en", "ja")
    assert facts["jm_kumo"].languages == ("ja",)
    run("samples.py", tmp_path / "ja")
    samples = {path.name for path in (tmp_path / "ja" / "samples").iterdir()}
    names = ("default", *presets(tmp_path / "ja"))
    assert samples == {f"{name}{end}" for name in names for end in (".flac", ".ja.flac")}


def test_a_training_in_two_languages_is_repeatable(work: Path, tmp_path: Path) -> None:
    found = []
    for stops in ((4,), (1, 4)):
        folder = copied(work, tmp_path / str(len(stops)))
        for stop in stops:
            command = ("--steps", "4", "--stop", str(stop), "--japanese", "0.5")
            run("train.py", folder, "semantic", *command)
        found.append(torch.load(folder / "semantic.pt", weights_only=True)["average"])
    assert all(torch.equal(found[0][key], found[1][key]) for key in found[0])


def test_it_learns_to_read_moras(work: Path, tmp_path: Path) -> None:
    folder = copied(work, tmp_path / "work")
    run("train.py", folder, "semantic", "--steps", "400", "--japanese", "0.7")
    for language, most in (("ja", 60), ("en", 60)):
        said = run("reading.py", folder, "--sentences", "20", "--language", language)
        assert float(said.split("temperature 0.0: ")[1].split(" %")[0]) < most, said


def test_half_of_what_is_drawn_is_japanese(work: Path) -> None:
    code = """
import json, random, sys
from pathlib import Path
from windows import Windows
from semantic import Semantic
from layout import Sizes
work, draw = Path(sys.argv[1]), random.Random(0)
windows = Windows(work, "sound", 0.5)
japanese = [id(stream) for stream in windows.streams[len(windows.streams) // 2 :]]
share = sum(id(windows.place(draw)[0]) in japanese for _ in range(1000)) / 1000
stage = Semantic(work, Sizes.of(work), japanese=0.25)
kinds = [stage._pool(draw) is stage.pools[1] for _ in range(1000)]
print(json.dumps([share, sum(kinds) / 1000]))
"""
    sound, rows = ask(
        code.replace(" in first", ".semantic.data_ptr() in {s.semantic.data_ptr() for s in first}"),
        work,
    )
    assert sound == pytest.approx(0.5, abs=0.06)
    assert rows == pytest.approx(0.25, abs=0.06)


def test_sentences_and_drills_come_again_and_hold_every_mora() -> None:
    code = """
import json, random
import grammar, japanese_text, text
from engine.spoken.moras import MARKS, items
twice = random.Random(1), random.Random(1)
said = [[grammar.sentence(draw) for _ in range(300)] for draw in twice]
draw, seen, ended = random.Random(2), set(), True
for _ in range(3000):
    drill = japanese_text.drill(draw)
    ended = ended and drill[-1] in MARKS
    for part in drill:
        if not isinstance(part, str):
            seen |= set(part.moras)
known = set(text.FIXED["moras"])
odd = [sorted(known - seen), sorted(seen - known)]
print(json.dumps([said[0] == said[1], len(set(said[0])), *odd, ended]))
"""
    same, different, unseen, unknown, ended = ask(code)
    assert same
    assert ended
    assert different > 250
    assert unseen == unknown == []


def test_transformers_is_given_moras_as_the_readme_says(tmp_path: Path) -> None:
    readme = (RECIPE / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.S)
    folder = write_moras_model(tmp_path / "model")
    names: dict[str, Any] = {"folder": str(folder)}
    exec(code, names)
    tokenizer = TextTokenizer(folder)
    for name, text in (("bridge", "|はシお|わタル."), ("chopsticks", "|ハしお|わタル.")):
        ids = names[name]["input_ids"][0]
        assert [int(one) for one in ids[: names[name]["attention_mask"][0].sum()]] == tokenizer(
            text
        )
    assert len(tokenizer("|はシお|わタル.")) == 8


def test_no_everyday_sentence_comes_twice() -> None:
    lines = ask("import json, japanese_text; print(json.dumps(japanese_text.held_out()))")
    assert len(lines) == len(set(lines)) == 200


def test_the_transcript_is_the_one_that_was_used(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("ROHAN4600_0001:流(なが)し,ナガシ\n", encoding="utf-8")
    code = """
import sys
from pathlib import Path
import japanese_text
try:
    japanese_text.rohan(Path(sys.argv[1]))
except SystemExit as error:
    print('"' + str(error).rpartition("/")[2] + '"')
"""
    assert ask(code, other).startswith("other.txt is not the transcript")


def test_a_voice_that_falls_after_accents_is_told_from_one_that_does_not() -> None:
    """はし falls after は in the first row; its pitch is made here, as sound."""
    code = """
import json
import numpy as np
from accent import measured, phrases_of
from pitch import auc
from shards import Row
found = []
for tune in ((180, 180, 120, 120, 118), (120, 180, 180, 118, 180)):
    row = Row("ハし|かワガ.", [0] * 7, [4] * 7, [(i, i) for i in range(7)])
    hertz = np.repeat([tune[0], tune[2], 0, tune[3], tune[1], tune[1], 0], 4 * 640)
    sound = np.sin(np.cumsum(2 * np.pi * hertz / 16000)) * (hertz > 0)
    sound += 0.5 * np.sin(2 * np.cumsum(2 * np.pi * hertz / 16000)) * (hertz > 0)
    found.append(auc(measured(row, row.counts, sound.astype(np.float32))))
said = phrases_of("ハし|かワガ.")[:2]
print(json.dumps([found, [list(phrase.high) for phrase in said]]))
"""
    (right, wrong), high = ask(code)
    assert high == [[True, False], [False, True, True]]
    assert right == 1
    assert wrong < 1
