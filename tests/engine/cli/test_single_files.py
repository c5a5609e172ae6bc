"""Single files that commands write: ours are replaced, others only if the user says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import main
from engine.audio.wav import read_wav
from engine.bench import both, results, scripts, speech, text
from engine.system.marks import is_marked
from tests.fake import FakeEngine


def say(*options: str | Path) -> int:
    return main.main(["say", "Hello there.", *map(str, options)])


def test_say_replaces_only_what_it_wrote(
    fake_engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wav, report = tmp_path / "a.wav", tmp_path / "a.json"
    for _ in range(2):
        assert say("-o", wav, "--json", report) == 0
        assert is_marked(wav)
        assert json.loads(report.read_text())["made_by"] == "Bark Studio"
    for path in (wav, report):
        kept = path.read_bytes()
        path.write_bytes(b"mine")
        requests = len(fake_engine.requests)
        assert say("-o", wav, "--json", report) == 2
        err = capsys.readouterr().err
        assert f"{path.name} is there and was not written by this program" in err
        assert len(fake_engine.requests) == requests  # before any work
        assert path.read_bytes() == b"mine"
        assert say("-o", wav, "--json", report, "--number") == 0
        assert path.read_bytes() == b"mine"
        assert is_marked(path.with_name(f"a (2){path.suffix}"))
        path.write_bytes(kept)
    wav.write_bytes(b"mine")
    assert say("-o", wav, "--overwrite") == 0
    assert len(read_wav(wav)[0])


def test_say_replaces_no_voice_and_no_result_by_another(
    fake_engine: FakeEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voice = tmp_path / "voice.npz"
    voice.write_bytes(b"x")
    assert say("-o", tmp_path / "a.wav", "--voice", voice, "--json", voice, "--overwrite") == 2
    assert "is an input of this run" in capsys.readouterr().err
    assert say("-o", tmp_path / "a.wav", "--json", tmp_path / "a.wav") == 2
    assert "two results" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["voice.npz"]


SUBJECTS: dict[str, tuple[str, ...]] = {
    "speech": (),
    "convert": ("--model", "x"),
    "text": (),
    "together": (),
}


@pytest.mark.parametrize(("subject", "options"), SUBJECTS.items())
def test_bench_refuses_a_file_of_somebody_else_before_the_work(
    subject: str,
    options: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def never(*arguments: object, **others: object) -> None:
        pytest.fail("it measures")

    for module in (speech, scripts, text, both):
        monkeypatch.setattr(module, "measure", never)
    report = tmp_path / "a.json"
    report.write_text('{"mine": 1}')
    args = main.build_parser().parse_args(["bench", subject, *options, "--json", str(report)])
    with pytest.raises(Exception, match="was not written by this program"):
        args.run(args)
    assert report.read_text() == '{"mine": 1}'


def test_what_bench_writes_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = results.save(tmp_path / "a.json", {"rows": 1})
    assert json.loads(line) == json.loads((tmp_path / "a.json").read_text())
    assert is_marked(tmp_path / "a.json")
