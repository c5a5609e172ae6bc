"""The command line: what it prints where, which code it exits with, and what it leaves behind."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import wave
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import main
from engine.audio import play
from engine.cli import models, options
from engine.cli.exit_codes import EXIT_CODES
from engine.errors import UserError
from engine.models import bark
from engine.settings import Settings
from tests import fake
from tests.conftest import ROOT, RunMain
from tests.fake import SLOWER, FakeEngine

PAPERS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = [
    *("open", "say", "convert", "voices", "write", "doctor", "set-up", "install-launcher", "test"),
    *("models", "models get", "models random"),
    *("bench", "bench speech", "bench convert", "bench text", "bench load", "bench together"),
    *("bench story", "bench report"),
]


def interpreters() -> list[str]:
    """This Python and every other supported one on the machine."""
    others = {11, 12, 13} - {sys.version_info.minor}
    names = [f"python3.{minor}" for minor in sorted(others)]
    return [sys.executable, *filter(None, map(shutil.which, names))]


def starts(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True).returncode == 0


# ── before any set-up ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("python", [p for p in interpreters() if starts(p)])
def test_help_needs_nothing_but_python(python: str) -> None:
    for command in ["", *COMMANDS]:
        done = subprocess.run(
            [python, "-I", "-S", ROOT / "main.py", *command.split(), "--help"],
            capture_output=True,
            text=True,
            cwd="/",
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout.startswith("usage: "), command


def test_without_a_command_the_window_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[Path]] = []

    def open_window(args: argparse.Namespace) -> int:
        opened.append(args.files)
        return 0

    monkeypatch.setattr(main, "open_window", open_window)
    assert main.main([]) == 0
    assert main.main(["open", "a.txt", "b.txt"]) == 0
    assert opened == [[], [Path("a.txt"), Path("b.txt")]]


def test_importing_the_launcher_brings_in_no_package() -> None:
    code = "import sys, main; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert not {"numpy", "torch", "huggingface_hub"} & set(re.findall(r"'(\w+)'", done.stdout))


# ── the words cannot drift ────────────────────────────────────────────────────────────────────


def test_every_setting_is_an_option_of_say(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["say", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for option in dataclasses.fields(Settings):
        assert f"--{option.name.replace('_', '-')}" in shown
        assert " ".join(option.metadata["help"].split()[:4]) in shown
    defaults = main.build_parser().parse_args(["say", "x"])
    assert options.settings_from(defaults) == Settings()


def commands_of(paper: Path) -> list[list[str]]:
    import shlex

    blocks = re.findall(r"```sh\n(.*?)```", paper.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line.split(" | ")[-1] for block in blocks for line in block.splitlines()]
    ours = [line for line in lines if line.startswith("python3 main.py")]
    return [shlex.split(line, comments=True)[2:] for line in ours]


def test_the_papers_show_commands_that_parse() -> None:
    shown = [arguments for paper in PAPERS for arguments in commands_of(paper)]
    assert len(shown) > 15
    for arguments in shown:
        ours = arguments[:1] if arguments[:1] == ["test"] else arguments  # the rest is pytest's
        main.build_parser().parse_args(ours)


def test_both_readmes_begin_with_the_two_commands_and_show_the_same_ones() -> None:
    english, japanese = (commands_of(ROOT / name) for name in ("README.md", "README.ja.md"))
    assert english[:2] == [["say", "Hello.", "-o", "hello.wav"], ["test"]]
    assert japanese == english


def test_the_paper_of_commands_names_every_command_and_exit_code() -> None:
    paper = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    parser = main.build_parser()
    action = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    named = {words.split()[0] for words in re.findall(r"^\| `([a-z].*?)` \|", paper, re.MULTILINE)}
    assert set(action.choices) == named
    codes = re.findall(r"^\| (\d+) \|", paper, re.MULTILINE)
    assert codes == re.findall(r"^  (\d+)  ", EXIT_CODES, re.MULTILINE)


# ── say ───────────────────────────────────────────────────────────────────────────────────────


def test_say_writes_the_sound_as_16_bit_wav(fake_engine: FakeEngine, tmp_path: Path) -> None:
    path = tmp_path / "hello.wav"
    assert main.main(["say", "Hello.", "-o", str(path)]) == 0
    with wave.open(str(path)) as wav:
        assert wav.getparams()[:4] == (1, 2, fake.SAMPLE_RATE, 12_000)
        samples = np.frombuffer(wav.readframes(12_000), dtype="<i2")
    assert np.array_equal(samples, np.rint(fake.tone() * 32767).astype(np.int16))
    assert [p.name for p in tmp_path.iterdir()] == ["hello.wav"]
    assert fake_engine.closed


def test_options_become_the_request(fake_engine: FakeEngine, tmp_path: Path) -> None:
    options = (
        "--voice anna --seed 7 --max-seconds 3 --temperature 0.7 --top-k 5,6,7 --min-eos-p 0.2"
    )
    assert main.main(["say", "Hello.", "-o", str(tmp_path / "a.wav"), *options.split()]) == 0
    (request,) = fake_engine.requests
    (row,) = request.rows
    assert (row.text, row.voice, row.seed, request.max_seconds) == ("Hello.", "anna", 7, 3.0)
    stages = request.sampling.semantic, request.sampling.coarse, request.sampling.fine
    # One number leaves the fine stage, which is greedy or nearly so, as the checkpoint says.
    assert [stage.temperature for stage in stages] == [0.7, 0.7, None]
    assert [stage.top_k for stage in stages] == [5, 6, 7]
    assert request.sampling.min_eos_p == 0.2


def test_voice_none_and_greedy(fake_engine: FakeEngine, tmp_path: Path) -> None:
    main.main(["say", "Hi.", "-o", str(tmp_path / "a.wav"), "--voice", "none", "--greedy"])
    (request,) = fake_engine.requests
    assert request.rows[0].voice is None
    assert request.sampling.semantic.temperature == request.sampling.fine.temperature == 0


def test_progress_and_result_keep_off_standard_output(run_main: RunMain, tmp_path: Path) -> None:
    done = run_main("say", "Hello.", "-o", tmp_path / "a.wav")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines() == [
        "semantic …",
        "coarse …",
        "fine …",
        "0.5 s of sound in 1.0 s (2.00 s of work for 1 s; device cpu)",
    ]


def test_text_from_standard_input(run_main: RunMain, tmp_path: Path) -> None:
    done = run_main(
        "say", "-", "-o", tmp_path / "a.wav", "--json", tmp_path / "a.json", input="Grüße.\n"
    )
    assert done.returncode == 0
    report = json.loads((tmp_path / "a.json").read_text())
    assert report["request"]["rows"][0]["text"] == "Grüße."


def test_json_tells_what_was_done_and_what_it_cost(fake_engine: FakeEngine, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    main.main(
        ["say", "Hi.", "-o", str(tmp_path / "a.wav"), "--json", str(path), "--precision", "int8"]
    )
    report = json.loads(path.read_text())
    assert report["settings"] == dataclasses.asdict(Settings(precision="int8"))
    assert report["choices"] == {"device": "cpu"}
    assert report["stages"] == {"load": 9.0, "semantic": 0.75, "fine": 0.25}
    assert report["seconds_of_work"] == 1.0  # loading is not speaking
    assert report["real_time_factor"] == 2.0
    assert report["seconds_of_sound"] == 0.5
    assert report["host_bytes"] == 1000
    assert report["takes"][0]["tokens"] == {"semantic": 25, "coarse": 74, "fine": 296}
    assert {"python", "torch", "numpy"} <= set(report["versions"])


def test_a_slower_way_is_told(
    fake_engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.json"
    assert main.main(["say", SLOWER, "-o", str(tmp_path / "a.wav"), "--json", str(path)]) == 0
    assert "bark-studio: a slower way was taken\n" in capsys.readouterr().err
    assert json.loads(path.read_text())["notes"] == ["a slower way was taken"]


def test_a_sentence_without_its_end_is_written_and_reported(
    run_main: RunMain, tmp_path: Path
) -> None:
    done = run_main("say", fake.CUT, "-o", tmp_path / "a.wav")
    assert done.returncode == 3
    assert "did not end the sentence" in done.stderr.splitlines()[-1]
    assert (tmp_path / "a.wav").exists()


def test_a_length_that_was_asked_for_is_no_failure(run_main: RunMain, tmp_path: Path) -> None:
    done = run_main("say", fake.CUT, "-o", tmp_path / "a.wav", "--max-seconds", "0.5")
    assert done.returncode == 0


BAD = {
    "no text": (["", "-o", "a.wav"], "no text to speak"),
    "only spaces": ([" \n\t", "-o", "a.wav"], "no text to speak"),
    "not UTF-8": ([os.fsdecode(b"caf\xe9"), "-o", "a.wav"], "not in UTF-8"),
    "a negative seed": (["x", "-o", "a.wav", "--seed", "-1"], "a seed is a whole number"),
    "no seed": (["x", "-o", "a.wav", "--seed", "one"], "invalid int value"),
    "too hot": (["x", "-o", "a.wav", "--temperature", "99"], "between 0 and 10"),
    "two temperatures": (["x", "-o", "a.wav", "--temperature", "1,2"], "three with commas"),
    "half a top-k": (["x", "-o", "a.wav", "--top-k", "2.5"], "three with commas"),
    "top-p of nothing": (["x", "-o", "a.wav", "--top-p", "0"], "above 0"),
    "no probability": (["x", "-o", "a.wav", "--min-eos-p", "2"], "between 0 and 1"),
    "greedy and not": (["x", "-o", "a.wav", "--greedy", "--top-k", "3"], "--greedy"),
    "no length": (["x", "-o", "a.wav", "--max-seconds", "0"], "above 0 seconds"),
    "no end": (["x", "-o", "a.wav", "--max-seconds", "inf"], "above 0 seconds"),
    "nan": (["x", "-o", "a.wav", "--max-seconds", "nan"], "above 0 seconds"),
    "no batch": (["x", "-o", "a.wav", "--batch-size", "0"], "between 1 and 256"),
    "an unknown precision": (["x", "-o", "a.wav", "--precision", "int4"], "invalid choice"),
    "another format": (["x", "-o", "a.mp3"], "ends in .wav"),
    "no folder": (["x", "-o", "nowhere/a.wav"], "make it first"),
    "a folder": (["x", "-o", "folder.wav"], "not a plain file"),
    "no folder for the report": (["x", "-o", "a.wav", "--json", "nowhere/a.json"], "make it first"),
    "refused by the engine": ([fake.REFUSED, "-o", "a.wav"], "say something else"),
    "silence": ([fake.NOTHING, "-o", "a.wav"], "another --seed"),
    "no numbers": ([fake.NOT_A_NUMBER, "-o", "a.wav"], "no numbers"),
}


@pytest.mark.parametrize(("arguments", "words"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_sentence_and_no_file(
    arguments: list[str],
    words: str,
    fake_engine: FakeEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.wav").mkdir()
    try:
        code = main.main(["say", *arguments])
    except SystemExit as exit:  # argparse's way
        code = exit.code  # type: ignore[assignment]
    out, err = capsys.readouterr()
    sentences = [line for line in err.splitlines() if not line.endswith("…")]
    assert code == 2
    assert out == ""
    assert len(sentences) == 1
    assert words in sentences[0]
    assert [p.name for p in tmp_path.iterdir()] == ["folder.wav"]


def test_what_cannot_be_written_is_refused_before_the_work(
    fake_engine: FakeEngine, tmp_path: Path
) -> None:
    assert main.main(["say", "Hi.", "-o", str(tmp_path / "nowhere" / "a.wav")]) == 2
    assert fake_engine.requests == []


def test_standard_input_that_is_no_text(run_main: RunMain, tmp_path: Path) -> None:
    done = run_main("say", "-", "-o", tmp_path / "a.wav", input=b"\xff\xfe\x00", text=False)
    assert done.returncode == 2
    assert b"not in UTF-8" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_bug_shows_its_traceback_and_leaves_no_file(run_main: RunMain, tmp_path: Path) -> None:
    done = run_main("say", fake.BUG, "-o", tmp_path / "a.wav")
    assert done.returncode == 1
    assert "RuntimeError: a mistake of ours" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_failed_run_leaves_the_older_file(run_main: RunMain, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"older")
    assert run_main("say", fake.NOT_A_NUMBER, "-o", tmp_path / "a.wav").returncode == 2
    assert (tmp_path / "a.wav").read_bytes() == b"older"


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX signals")
def test_ctrl_c_stops_at_once_and_leaves_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fake_main", "say", fake.FOREVER]
    with subprocess.Popen(
        [*command, "-o", tmp_path / "a.wav"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "semantic …\n"  # it is at work
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
        assert process.stderr.read() == "bark-studio: stopped\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX limits")
def test_a_full_disk_is_a_sentence_and_no_half_file(run_main: RunMain, tmp_path: Path) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))  # the sound has 24 kB

    done = run_main("say", "Hello.", "-o", tmp_path / "a.wav", preexec_fn=limit)
    assert done.returncode == 2
    assert "cannot write" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX pipes")
@pytest.mark.parametrize("unbuffered", [[], ["-u"]])
def test_a_reader_that_has_gone_is_no_error(unbuffered: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-E", *unbuffered, ROOT / "main.py", "doctor"],
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_voices_are_the_presets_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(models, "find_model", lambda name: tmp_path)
    assert main.main(["voices"]) == 0
    assert capsys.readouterr() == ("", "bark-studio: this model brings no voices\n")
    files = {key: f"{key}.npy" for key in ("semantic_prompt", "coarse_prompt", "fine_prompt")}
    listed = {"repo_or_path": "here", "v2/en_speaker_0": files, "v2/en_speaker_1": files}
    (tmp_path / "speaker_embeddings_path.json").write_text(json.dumps(listed))
    assert main.main(["voices"]) == 0
    assert capsys.readouterr().out == "v2/en_speaker_0\nv2/en_speaker_1\n"
    about = {
        "v2/en_speaker_0": {"languages": ["en", "ja", "fi"], "kind": "woman"},
        "v2/en_speaker_1": {"kind": "man"},
    }
    (tmp_path / "voices.json").write_text(json.dumps(about))
    assert main.main(["voices"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "v2/en_speaker_0  English and Japanese and fi, a woman"
    assert second == "v2/en_speaker_1  a man"


def test_no_model_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bark, "STARTER", tmp_path / "none")
    assert main.main(["say", "Hi.", "-o", str(tmp_path / "a.wav")]) == 2
    assert "--model suno/bark-small" in capsys.readouterr().err


def test_the_starter_voice_is_the_default_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bark, "STARTER", tmp_path)
    assert models.find_model(None) == tmp_path


# ── say, to the ears ──────────────────────────────────────────────────────────────────────────


class FakePlayer:
    """Stands for play.Player; `heard` is what was fed to all of them."""

    heard: ClassVar[list[np.ndarray]] = []

    def __init__(self, sample_rate: int) -> None:
        assert sample_rate == fake.SAMPLE_RATE

    def feed(self, samples: np.ndarray) -> None:
        self.heard.append(samples)

    def finish(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def __enter__(self) -> FakePlayer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@pytest.mark.parametrize("text", ["whole", fake.EARLY])
def test_without_an_output_file_it_plays_once(
    text: str, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "check", lambda: None)
    monkeypatch.setattr(play, "Player", FakePlayer)
    FakePlayer.heard.clear()
    assert main.main(["say", text]) == 0
    assert np.array_equal(np.concatenate(FakePlayer.heard), fake.tone())


def test_without_a_device_nothing_is_generated(
    fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise UserError("no device: write a file with -o")

    monkeypatch.setattr(play, "check", refuse)
    assert main.main(["say", "Hi."]) == 2
    assert fake_engine.requests == []
    assert "-o" in capsys.readouterr().err


def test_without_portaudio_a_file_can_still_be_written(run_main: RunMain, tmp_path: Path) -> None:
    lacking = "raise OSError('PortAudio library not found')"
    (tmp_path / "sounddevice.py").write_text(lacking)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    played = run_main("say", "Hi.", env=environment)
    assert played.returncode == 2
    assert len(played.stderr.splitlines()) == 1
    assert "PortAudio" in played.stderr
    assert "-o" in played.stderr
    written = run_main("say", "Hi.", "-o", tmp_path / "a.wav", env=environment)
    assert written.returncode == 0
