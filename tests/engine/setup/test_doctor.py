"""The doctor: facts of this machine, and a remedy for each thing that is lacking."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from engine.audio import device
from engine.bark import check
from engine.bark.kernel import Found, Kernel
from engine.errors import UserError
from engine.models import bark
from engine.setup import doctor, packages
from engine.system.machine import Finding
from engine.system.package_manager import system_command
from tests.conftest import ROOT


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    assert len({finding.name for finding in findings}) == len(findings)
    return {finding.name: finding for finding in findings}


def test_it_names_what_is_here() -> None:
    found = by_name(doctor.examine(ROOT))
    assert sys.executable in found["Python"].value
    assert f"torch {version('torch')}" in found["packages"].value
    assert "cores" in found["processor"].value
    assert found["packages"].mend == ""


def test_before_the_set_up_it_works_with_the_standard_library() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "main.py", "doctor", "--json"],
        capture_output=True,
        text=True,
        # Not where a finished .venv would be used.
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert {"Python", "processor", "memory", "disk", "packages", "PortAudio"} <= set(found)


def test_missing_packages_have_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "missing", lambda *, tests=False: ["torch"])
    assert "main.py" in doctor._packages().mend


def test_missing_portaudio_has_the_command_of_this_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> list[str]:
        raise UserError("no PortAudio")

    monkeypatch.setattr(device, "output_devices", refuse)
    (finding,) = doctor._sound()
    assert finding.mend == system_command("portaudio")


def test_no_output_device_is_a_lack_and_a_device_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "output_devices", list)
    assert by_name(doctor._sound())["sound output"].mend
    monkeypatch.setattr(device, "output_devices", lambda: ["Speakers"])
    assert by_name(doctor._sound())["sound output"] == Finding("sound output", "Speakers")


def test_models_in_the_cache_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(bark, "STARTER", tmp_path / "none")
    found, cache = doctor._models()
    assert "models get suno/bark-small" in found.mend
    assert cache.value == str(tmp_path)
    folder = tmp_path / "models--suno--bark"
    (folder / "snapshots" / "1").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("1")
    assert "none here" in doctor._models()[0].value  # half a download is none
    for name in ("config.json", "generation_config.json", "vocab.txt", "model.safetensors"):
        (folder / "snapshots" / "1" / name).write_text("")
    assert doctor._models()[0] == Finding("models", "suno/bark")
    monkeypatch.setattr(bark, "STARTER", tmp_path / "starter-voice")
    (tmp_path / "starter-voice").mkdir()
    assert doctor._models()[0].value == "starter-voice, suno/bark"


def test_being_offline_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(bark, "STARTER", tmp_path / "none")
    found, cache = doctor._models()  # conftest sets HF_HUB_OFFLINE
    assert found.mend.startswith("unset HF_HUB_OFFLINE")
    assert "offline" in cache.value


def test_the_table_marks_what_is_lacking() -> None:
    findings = [Finding("this", "here"), Finding("that", "gone", "bring it")]
    assert doctor.as_text(findings).splitlines() == [
        "  this           here",
        "! that           gone",
        "                 to mend it: bring it",
        "",
        "1 to mend, marked with !",
    ]
    assert json.loads(doctor.as_json(findings)) == {
        "this": {"value": "here"},
        "that": {"value": "gone", "mend": "bring it"},
    }


def test_what_cannot_be_kept_and_what_is_not_used_have_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kernel = Kernel.__new__(Kernel)
    kernel.form, kernel.why = "AVX2, compiled here", "AVX-512: the processor lacks avx512f"
    bits = dict(check.read_cases())
    kernel.case = lambda sizes: bits[tuple(sizes)]
    monkeypatch.setattr(Kernel, "find", lambda: Found(kernel, ""))
    folder = tmp_path / "bark-studio"
    assert doctor._compiled_code() == [
        Finding("compiled code", f"kept in {folder}"),
        Finding(
            "compiled step",
            f"AVX2, compiled here; {len(bits)} of {len(bits)} results right to the bit; "
            "faster forms cannot be had: AVX-512: the processor lacks avx512f",
        ),
    ]
    kernel.case = lambda sizes: bits[tuple(sizes)] ^ (sizes[0] == 2)
    assert doctor._compiled_code()[1].mend.startswith("choose --kernel torch")
    (tmp_path / "bark-studio").chmod(0o777)
    monkeypatch.setattr(Kernel, "find", lambda: Found(None, "the compiled step needs a compiler"))
    code, step = doctor._compiled_code()
    assert f"others may write in {folder}" in code.mend
    assert (step.value, step.mend) == ("not used", "the compiled step needs a compiler")
    monkeypatch.setattr(Kernel, "find", lambda: Found(None, "another processor", by_design=True))
    assert doctor._compiled_code()[1] == Finding("compiled step", "not used; another processor")


def test_the_build_of_pytorch_and_the_command_for_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(torch, "__version__", "2.13.0+cpu")
    monkeypatch.setattr(torch.version, "cuda", None)
    (found,) = doctor._torch_build()
    assert found.name == "PyTorch"
    assert found.value.startswith("2.13.0+cpu, for processors; for NVIDIA cards: ")
    assert found.value.endswith("-m pip install --force-reinstall torch==2.13.0")
    monkeypatch.setattr(torch, "__version__", "2.13.0")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    (found,) = doctor._torch_build()
    assert found.value.startswith("2.13.0, with CUDA 13.0; without its libraries: ")
    assert found.value.endswith("--index-url https://download.pytorch.org/whl/cpu")
    assert found.mend == ""  # both are whole


def test_a_card_that_torch_does_not_see_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(doctor, "output_of", lambda *command: "A card, 470.1, 4096 MiB")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    assert "--force-reinstall torch==" in doctor._accelerator()[0].mend
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    assert doctor._accelerator()[0].mend == "a newer driver: this torch needs CUDA 13.0"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    def refuse(wanted: str) -> None:
        raise UserError("no code for this card")

    monkeypatch.setattr("engine.bark.device.find_device", refuse)
    assert doctor._accelerator()[0].mend == "no code for this card"
