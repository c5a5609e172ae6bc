"""The Hub's cache: fetching with progress, stopping and going on, verifying, removing, offline."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from engine.api import Cancelled
from engine.errors import UserError
from engine.models import hub, integrity
from tests.hub import Hub

WEIGHTS = random.Random(7).randbytes(2**20)  # four pieces
FILES = {
    "config.json": b"{}",
    "generation_config.json": b"{ }",
    "vocab.txt": b"[UNK]",
    "model.safetensors": WEIGHTS,
}
TOTAL = sum(map(len, FILES.values()))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    server = Hub(dict(FILES))
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    yield server
    server.close()


def stop_at(limit: int) -> hub.Tell:
    def tell(done: int, total: int) -> None:
        if done >= limit:
            raise Cancelled

    return tell


def test_bytes_are_told_and_grow_to_the_total(server: Hub) -> None:
    told: list[tuple[int, int]] = []
    folder = hub.download("small/bark", lambda done, total: told.append((done, total)))
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert {total for _, total in told} == {TOTAL}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len({done for done, _ in told}) >= 5
    assert told[-1] == (TOTAL, TOTAL)
    assert hub.state("small/bark") == "here"


def test_what_was_fetched_before_a_stop_is_not_fetched_again(server: Hub) -> None:
    assert hub.state("small/bark") == "absent"
    with pytest.raises(Cancelled):
        hub.download("small/bark", stop_at(600_000))
    assert hub.state("small/bark") == "partial"
    kept = hub.size(hub.repository_folder("small/bark"))
    assert 600_000 <= kept < TOTAL
    server.asked.clear()
    told: list[int] = []
    folder = hub.download("small/bark", lambda done, total: told.append(done))
    assert told[0] == kept
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert hub.state("small/bark") == "here"
    assert integrity.verify(folder) == []
    assert not list(hub.repository_folder("small/bark").rglob("*incomplete*"))


def test_a_server_that_cannot_go_on_starts_again(server: Hub) -> None:
    with pytest.raises(Cancelled):
        hub.download("small/bark", stop_at(600_000))
    server.ranges = False
    folder = hub.download("small/bark")
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS


def test_more_than_the_whole_file_is_begun_anew(server: Hub) -> None:
    """What another program left under the same name, say."""
    with pytest.raises(Cancelled):
        hub.download("small/bark", stop_at(600_000))
    (partial,) = hub.repository_folder("small/bark").rglob("*incomplete*")
    partial.write_bytes(bytes(len(WEIGHTS) + 1))
    assert (hub.download("small/bark") / "model.safetensors").read_bytes() == WEIGHTS


def test_damage_on_the_way_is_seen_and_not_kept(server: Hub) -> None:
    server.damage = True
    with pytest.raises(UserError, match=r"model\.safetensors was damaged on its way"):
        hub.download("small/bark")
    assert hub.state("small/bark") == "absent"
    server.damage = False
    assert (hub.download("small/bark") / "model.safetensors").read_bytes() == WEIGHTS


def test_two_downloads_of_one_model_do_not_meet(server: Hub) -> None:
    def again(done: int, total: int) -> None:
        if 0 < done < TOTAL:
            hub.download("small/bark")

    with pytest.raises(UserError, match="another window"):
        hub.download("small/bark", again)


def test_offline_nothing_is_asked_and_what_is_here_is_found(server: Hub) -> None:
    hub.set_offline(True)
    with pytest.raises(UserError, match="offline: switch offline off"):
        hub.download("small/bark")
    assert server.asked == []
    hub.set_offline(False)
    folder = hub.download("small/bark")
    hub.set_offline(True)
    assert constants.HF_HUB_OFFLINE
    server.asked.clear()
    assert hub.download("small/bark") == folder
    assert server.asked == []


def test_shards_count_one_by_one(server: Hub) -> None:
    index = b'{"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}'
    server.files = {
        **{name: content for name, content in FILES.items() if name != "model.safetensors"},
        "model.safetensors.index.json": index,
        "one.safetensors": b"first",
        "two.safetensors": b"second",
    }
    with pytest.raises(Cancelled):
        hub.download("small/bark", stop_at(len(index)))
    folder = hub.download("small/bark")
    (folder / "two.safetensors").unlink()
    assert hub.state("small/bark") == "partial"
    assert hub.download("small/bark") == folder
    assert hub.state("small/bark") == "here"


def test_the_small_files_come_first_and_of_weights_one_set_of_the_model_itself() -> None:
    names = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"]
    names += ["sub/model.safetensors", "sub/config.json", "config.json", "README.md"]
    chosen = ["config.json", "model.safetensors.index.json", "model.safetensors"]
    assert hub._chosen(names) == chosen
    assert hub._chosen(names[2:]) == ["config.json", "pytorch_model.bin"]


@pytest.mark.parametrize("place", ["own", "models--a--b/other/c", "datasets--a--b/snapshots/c"])
def test_a_file_of_a_folder_that_is_not_from_the_hub_is_not_asked_for(
    place: str, tmp_path: Path
) -> None:
    for name in ("one.npy", "x" * 5000):  # the latter is longer than a name may be
        assert hub.fetch_file(tmp_path / place, name) == tmp_path / place / name


@pytest.mark.parametrize("status", [401, 403, 404, 400])
def test_a_name_that_nobody_has_is_told_from_a_server_that_refuses(
    server: Hub, status: int
) -> None:
    """The real one says 401 of what is not there: it may be somebody's own."""
    server.refusal = status
    words = (
        "did not give .* try again later" if status == 400 else "no open model .* check its name"
    )
    with pytest.raises(UserError, match=f"^the Hub (has )?{words}"):
        hub.download("no/body")


def test_a_full_disk_is_a_sentence(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hub, "_fetch", full)
    with pytest.raises(UserError, match=r"^cannot write .*: no space left on device; free some"):
        hub.download("small/bark")


# ── verifying ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", FILES)
def test_one_wrong_byte_is_found(server: Hub, name: str) -> None:
    folder = hub.download("small/bark")
    assert integrity.verify(folder) == []
    blob = Path(os.path.realpath(folder / name))
    blob.write_bytes(b"x" + blob.read_bytes()[1:])
    told: list[tuple[int, int]] = []
    assert integrity.verify(folder, lambda done, total: told.append((done, total))) == [name]
    assert {total for _, total in told} == {TOTAL}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (TOTAL, TOTAL)


def test_a_missing_blob_is_found_and_verifying_can_be_stopped(server: Hub) -> None:
    folder = hub.download("small/bark")
    with pytest.raises(Cancelled):
        integrity.verify(folder, stop_at(TOTAL))
    Path(os.path.realpath(folder / "model.safetensors")).unlink()
    assert integrity.verify(folder) == ["model.safetensors"]
    assert hub.state("small/bark") == "partial"


def test_a_plain_folder_is_held_against_its_own_headers(tmp_path: Path) -> None:
    import zipfile

    import numpy as np
    from safetensors.numpy import save_file

    save_file({"a": np.arange(5), "b": np.zeros((2, 3))}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text("{}")
    with zipfile.ZipFile(tmp_path / "pytorch_model.bin", "w") as archive:
        archive.writestr("data", b"12345678")
    assert integrity.verify(tmp_path) == []
    whole = (tmp_path / "model.safetensors").read_bytes()
    save_file({}, tmp_path / "model.safetensors")  # no tensor at all is a whole file
    assert integrity.verify(tmp_path) == []
    for other in (whole[:-1], whole + b"x", whole[:4], b""):
        (tmp_path / "model.safetensors").write_bytes(other)
        assert integrity.verify(tmp_path) == ["model.safetensors"]
    for name, content in (
        ("model.safetensors", whole[:-1]),
        ("config.json", b"{"),
        ("pytorch_model.bin", (tmp_path / "pytorch_model.bin").read_bytes().replace(b"23", b"32")),
    ):
        (tmp_path / name).write_bytes(content)
    assert integrity.verify(tmp_path) == ["config.json", "model.safetensors", "pytorch_model.bin"]


# ── removing ──────────────────────────────────────────────────────────────────────────────────


def test_a_model_goes_with_its_locks_and_nothing_else(server: Hub, tmp_path: Path) -> None:
    hub.download("small/bark")
    (tmp_path / "hub" / "models--other--bark").mkdir()
    assert hub.cached() == ["other/bark", "small/bark"]
    hub.remove("small/bark")
    assert hub.state("small/bark") == "absent"
    left = {path.name for path in (tmp_path / "hub").rglob("*") if "small" in path.name}
    assert left == set()
    assert hub.cached() == ["other/bark"]
    with pytest.raises(UserError, match="nothing to remove"):
        hub.remove("small/bark")


@pytest.mark.parametrize("name", ["../x/y", "..", "a/..", "/etc", "a--b/c", "a/b/c", "", "~/x"])
def test_no_name_leaves_the_cache(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be the id of a model"):
        hub.remove(name)


def test_a_link_in_the_cache_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "photos").mkdir()
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "models--small--bark").symlink_to(tmp_path / "photos")
    with pytest.raises(UserError, match="nothing to remove"):
        hub.remove("small/bark")
    assert (tmp_path / "photos").is_dir()


def test_the_cache_is_where_the_client_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    assert hub.cache_folder() == Path("~/.cache/huggingface/hub").expanduser()
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert hub.cache_folder() == Path("/x/huggingface/hub")
    monkeypatch.setenv("HF_HOME", "/h")
    assert hub.cache_folder() == Path("/h/hub")
    monkeypatch.setenv("HUGGINGFACE_HUB_CACHE", "/old")
    assert hub.cache_folder() == Path("/old")
    monkeypatch.setenv("HF_HUB_CACHE", "/c")
    assert hub.cache_folder() == Path("/c")


@pytest.mark.parametrize("word", ["1", "true", "Yes", "ON"])
def test_any_word_for_yes_keeps_it_offline(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", word)
    assert hub.offline()
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert not hub.offline()


def test_a_second_copy_goes_where_the_system_has_no_links(server: Hub) -> None:
    hub.download("small/bark", hub.quiet)
    blobs = hub.repository_folder("small/bark") / "blobs"
    here = hub.snapshot("small/bark")
    assert here is not None
    assert list(blobs.iterdir())
    hub._leave_one_copy("small/bark", here)
    assert list(blobs.iterdir())  # links lead there
    for path in here.iterdir():
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    for _ in range(2):  # some clients move them, and leave none
        hub._leave_one_copy("small/bark", here)
        assert not blobs.exists()
    assert (here / "model.safetensors").read_bytes() == WEIGHTS
