"""The locks: whole, of the versions that constraints.txt names, and in the order pip is told."""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from engine.setup import locks, packages, torch_build
from tests.conftest import ROOT

FOLDER = ROOT / locks.FOLDER


@pytest.fixture(scope="module")
def parts() -> dict[str, list[locks.Entry]]:
    return {part: locks.read((FOLDER / f"{part}.txt").read_text()) for part in locks.PARTS}


def versions(parts: dict[str, list[locks.Entry]], *names: str) -> dict[str, set[str]]:
    """Package → its versions, which differ among Pythons."""
    found: dict[str, set[str]] = {}
    for part in names or locks.PARTS:
        for entry in parts[part]:
            found.setdefault(entry.name, set()).add(entry.version)
    return found


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = (line.split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pins}


def test_the_locks_hold_nothing_but_packages_with_hashes(
    parts: dict[str, list[locks.Entry]],
) -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(locks.PARTS)
    for part, entries in parts.items():
        text = (FOLDER / f"{part}.txt").read_text()
        assert text == "".join(f"{entry.text}\n" for entry in entries)  # no address, no path
        assert entries, part
    names = [name for entries in parts.values() for name in {entry.name for entry in entries}]
    assert len(names) == len(set(names))  # a package belongs to one part
    assert "torch" not in names  # by its version: a build has a hash of its own
    assert [entry.name for entry in parts["build"]] == ["setuptools"]


def test_the_versions_are_those_of_the_constraints(parts: dict[str, list[locks.Entry]]) -> None:
    found = versions(parts)
    for name, version in constraints().items():
        if name != "torch":
            assert found.get(name) == {version}, f"{name}: run locks/update.py"


def test_all_that_pyproject_asks_for_is_locked(parts: dict[str, list[locks.Entry]]) -> None:
    builds = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    program = ["build", "source", "program"]
    for lines, names in (
        (builds, ["build"]),
        (packages.requirements(""), program),
        (packages.requirements("text"), [*program, "text"]),
        *(
            (packages.requirements(one), list(parts))
            for one in ("test", "listen", "cluster", "json")
        ),
    ):
        found = versions(parts, *names)
        for requirement in map(Requirement, lines):
            name = canonicalize_name(requirement.name)
            if name not in ("torch", "bark-studio"):
                assert found.get(name), f"{name}: run locks/update.py"
                assert all(map(requirement.specifier.contains, found[name])), requirement


def test_what_the_packages_need_in_turn_is_locked(parts: dict[str, list[locks.Entry]]) -> None:
    """For this system and Python, by what the packages that are installed say of themselves."""
    program = ["build", "source", "program", "cuda"]  # the latter for a torch with CUDA
    seen = 0
    for extra, names in (("", program), ("text", [*program, "text"]), ("test", list(parts))):
        found = versions(parts, *names)
        wanted = [Requirement(line) for line in packages.requirements(extra)]
        known: set[str] = set()
        while wanted:
            requirement = wanted.pop()
            name = canonicalize_name(requirement.name)
            if name == "bark-studio" or str(requirement) in known:
                continue
            if name == "sudachidict-core":  # 190 MB that nothing reads
                continue
            known.add(str(requirement))
            seen += 1
            if name != "torch":
                assert name in found, f"{name}: run locks/update.py"
                assert any(map(requirement.specifier.contains, found[name])), requirement
            extras = ["", *requirement.extras]
            for more in map(Requirement, importlib.metadata.requires(name) or []):
                if not more.marker or any(more.marker.evaluate({"extra": e}) for e in extras):
                    wanted.append(more)
    assert seen > 100


def test_pip_is_told_the_parts_in_their_order(tmp_path: Path) -> None:
    def told(*extras: str) -> list[list[str]]:
        return [
            [word.replace(str(FOLDER), "locks") for word in step]
            for step in locks.steps(tmp_path, ROOT, extras)
        ]

    hashed = ["--no-deps", "--require-hashes"]
    version = constraints()["torch"]
    program = "--requirement=locks/program.txt"
    assert told() == [
        [*hashed, "--requirement=locks/build.txt"],
        [*hashed, "--requirement=locks/source.txt", "--no-build-isolation"],
        [*hashed, program],
        ["--no-deps", "--no-build-isolation", f"torch=={version}", "--editable", "."],
    ]
    text = "--requirement=locks/text.txt"
    assert told("text")[2] == [*hashed, program, text]
    further = [f"--requirement=locks/{part}.txt" for part in ("japanese", "test")]
    assert told("test")[2] == [*hashed, program, text, *further]


def test_what_a_torch_with_cuda_needs_comes_with_hashes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def last(*needs: str) -> list[str]:
        lines = "".join(f"Requires-Dist: {line}\n" for line in needs)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: torch\n{lines}")
        return list(locks.steps(tmp_path, ROOT, []))[-1]

    info = tmp_path / "lib" / "python3.11" / "site-packages" / "torch-2.13.0.dist-info"
    info.mkdir(parents=True)
    common = ("filelock", "typing-extensions>=4.10", 'numpy; extra == "x"')
    assert "--editable" in last(*common)
    known = "nvidia_cudnn-cu13==9.20.0.48"
    assert last(*common, known) == [
        "--no-deps", "--require-hashes", f"--requirement={FOLDER / 'cuda.txt'}"
    ]  # fmt: skip
    assert capsys.readouterr().err == ""
    version = f"torch=={constraints()['torch']}"
    assert last(*common, known, "nvidia-other==1") == ["--constraint", "constraints.txt", version]
    assert capsys.readouterr().err == (
        "This build of PyTorch needs what has no hashes here: nvidia-other.\n"
    )


def test_what_a_build_needs_on_another_system_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "Lib" / "site-packages" / "torch-2.13.0.dist-info"
    info.mkdir(parents=True)
    needs = 'Requires-Dist: Triton==3; platform_system == "Linux"\nRequires-Dist: sym.py\n'
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: torch\n{needs}")
    for platform, wanted in (("win32", {"sym-py"}), ("linux", {"sym-py", "triton"})):
        monkeypatch.setattr(torch_build.sys, "platform", platform)
        assert torch_build.needs(tmp_path) == wanted


def test_an_entry_is_read_whole() -> None:
    hashes = "".join(f" \\\n    --hash=sha256:{digit * 64}" for digit in "ab")
    text = f"a-b==1.0+c{hashes}\na-b==2 ; python_version < '3.12'{hashes}\n"
    first, second = locks.read(text)
    assert (first.name, first.version, first.marker) == ("a-b", "1.0+c", "")
    assert (second.version, second.marker) == ("2", "python_version < '3.12'")
    assert f"{first.text}\n{second.text}\n" == text
    assert locks.read("a==1\n") == []  # no hash, no entry
