"""Models from the Hub: found in its local cache, fetched with progress, taken up again.

The cache is that of huggingface_hub: what other programs downloaded is found, and they find what
is downloaded here. Its client throws half a file away when it is stopped, so the weights, which
are nearly all of a model, are fetched here first, into a file that is continued the next time.
Standard library only until something is fetched.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, BinaryIO

from engine.errors import UserError, reason_of
from engine.models.info import Tell, quiet
from engine.models.integrity import digest_of
from engine.system.outside import read_outside
from engine.system.presence import is_there
from engine.system.untrusted_json import read_object

_FILES = (  # of a Bark repository; weights are chosen apart
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "pronunciations.txt",
    "speaker_embeddings_path.json",
)
_SAFETENSORS = ("*.safetensors", "*.safetensors.index.json")
_PICKLES = ("pytorch_model*.bin", "pytorch_model.bin.index.json")
_PARTIAL = ".bark-studio.incomplete"  # "incomplete": what clears the cache knows these by name

_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)

_NO_HUB = (
    "{} is not complete on this machine and the Hub did not give the rest: connect to the "
    "network, or name the folder of a model"
)
_OFFLINE = (
    "{} is not complete on this machine and the program is offline: switch offline off to get it"
)


# ── the cache ─────────────────────────────────────────────────────────────────────────────────


def cache_folder() -> Path:
    """Where the Hub's client keeps models; HF_HUB_CACHE and HF_HOME name other places."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    home = os.environ.get("HF_HOME", str(Path(home) / "huggingface"))
    cache = os.environ.get("HUGGINGFACE_HUB_CACHE", str(Path(home) / "hub"))
    return Path(os.path.expandvars(os.environ.get("HF_HUB_CACHE", cache))).expanduser()


def is_id(name: str) -> bool:
    """Whether a name has the form owner/model."""
    return _ID.fullmatch(name) is not None and ".." not in name and "--" not in name


def repository_folder(repository: str) -> Path:
    """The folder of a model in the cache, which may not exist. Raises UserError for no id."""
    if not is_id(repository):
        raise UserError(f"{repository!r} cannot be the id of a model: check its name")
    return cache_folder() / f"models--{repository.replace('/', '--')}"


def cached() -> list[str]:
    """The ids of all models in the cache, complete or not."""
    with suppress(OSError):
        names = sorted(path.name for path in cache_folder().iterdir() if path.is_dir())
        found = [n.removeprefix("models--").replace("--", "/") for n in names if "models--" in n]
        return [name for name in found if is_id(name)]
    return []


def snapshot(repository: str) -> Path | None:
    """The folder of the newest version in the cache, complete or not."""
    folder = repository_folder(repository)
    with suppress(OSError, UserError, ValueError):
        commit = read_outside(folder / "refs" / "main", 1000).decode().strip()
        if re.fullmatch(r"\w+", commit) and (folder / "snapshots" / commit).is_dir():
            return folder / "snapshots" / commit
    return None


def is_complete(folder: Path) -> bool:
    """Has a snapshot in the cache everything that speaking needs?"""
    needed = ("config.json", "generation_config.json")
    tokenizer = (folder / "tokenizer.json").exists() or (folder / "vocab.txt").exists()
    return all((folder / name).exists() for name in needed) and tokenizer and _weights(folder)


def _weights(folder: Path) -> bool:
    """One complete set of weights: one file, or every file that an index names."""
    for single in ("model.safetensors", "pytorch_model.bin"):
        if (folder / single).exists():
            return True
        with suppress(OSError, ValueError, AttributeError, KeyError, TypeError, UserError):
            stored = read_object(folder / f"{single}.index.json")
            shards = set(stored["weight_map"].values())
            if shards and all((folder / Path(str(shard)).name).exists() for shard in shards):
                return True
    return False


def state(repository: str) -> str:
    """ "here", "partial" or "absent"."""
    folder = snapshot(repository)
    if folder is not None and is_complete(folder):
        return "here"
    return "partial" if size(repository_folder(repository)) else "absent"


def size(folder: Path) -> int:
    """Bytes that a folder takes on the disk; a linked file counts where it lies."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(Path(place) / name).st_size
    return total


def remove(repository: str) -> None:
    """Delete a model and what there is of its download. Raises UserError where it is not here."""
    folder = repository_folder(repository)
    if folder.is_symlink() or not folder.is_dir():
        raise UserError(f"{repository} is not in {folder.parent}: there is nothing to remove")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        reason = reason_of(error)
        raise UserError(f"cannot remove {folder}: {reason}; close what uses it") from error
    shutil.rmtree(folder.parent / ".locks" / folder.name, ignore_errors=True)


# ── the network ───────────────────────────────────────────────────────────────────────────────


def offline() -> bool:
    """Whether the program keeps away from the network: HF_HUB_OFFLINE."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON")


def set_offline(offline: bool) -> None:
    """Set HF_HUB_OFFLINE for this process and those it starts, also where it was read already."""
    os.environ["HF_HUB_OFFLINE"] = "1" if offline else "0"
    constants: Any = sys.modules.get("huggingface_hub.constants")
    if constants is not None:
        constants.HF_HUB_OFFLINE = offline


def download(repository: str, tell: Tell = quiet) -> Path:
    """The newest version of a Bark model, from the cache where it is complete.

    Only the files that speaking needs: no other weights than one set, no voices (a preset is
    fetched when it is first used). `tell` hears of bytes and raises Cancelled to stop; what was
    fetched until then is kept and continued the next time. Raises UserError without a network, or
    for an unknown id.
    """
    folder = snapshot(repository)
    if folder is not None and is_complete(folder):
        return folder
    if offline():
        raise UserError(_OFFLINE.format(repository))
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

    from engine.api import Cancelled

    disable_progress_bars()  # its bars go to standard error, which a window does not have
    try:
        info = HfApi(endpoint=_endpoint()).model_info(repository, files_metadata=True)
        sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
        files = _chosen(sizes)
        counter = _Counter(tell, sum(sizes[name] for name in files))
        for name in files:
            if name.endswith((".safetensors", ".bin")):
                _fetch(repository, name, str(info.sha), counter)
        here = snapshot_download(
            repository,
            revision=str(info.sha),
            allow_patterns=files,
            cache_dir=cache_folder(),
            endpoint=_endpoint(),
        )
        _remember(repository, str(info.sha))
        _leave_one_copy(repository, Path(here))
        counter.finish()
    except (UserError, Cancelled):
        raise
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else None
        if status in (401, 403, 404):
            raise UserError(f"the Hub has no open model {repository}: check its name") from error
        raise UserError(f"the Hub did not give {repository} ({error}): try again later") from error
    except OSError as error:
        if error.errno is None:  # of the network, not of the disk
            raise UserError(_NO_HUB.format(repository)) from error
        reason = reason_of(error)
        raise UserError(
            f"cannot write {repository_folder(repository)}: {reason}; free some space, then go on"
        ) from error
    except Exception as error:
        # The Hub's client lets the errors of its HTTP library pass, whose name has changed twice.
        raise UserError(_NO_HUB.format(repository)) from error
    if not is_complete(Path(here)):
        raise UserError(
            f"{repository} is no Bark model: it lacks what speaking needs; choose another"
        )
    return Path(here)


def fetch_file(folder: Path, name: str) -> Path:
    """A further file of a checkpoint: beside it, or from the Hub if it came from there."""
    path = folder / name
    hub = folder.parent.parent.name.split("--")
    if is_there(path) or folder.parent.name != "snapshots" or hub[0] != "models":
        return path
    from huggingface_hub import HfApi, snapshot_download

    repository, commit = "/".join(hub[1:]), folder.name
    try:
        # Fails at once without a network, where a download would try for half a minute.
        HfApi(endpoint=_endpoint()).model_info(repository, revision=commit)
        snapshot_download(
            repository,
            revision=commit,
            allow_patterns=[name],
            cache_dir=folder.parent.parent.parent,
            endpoint=_endpoint(),
        )
    except Exception as error:  # of the client's HTTP library, as above
        raise UserError(
            f"{name} is not on this machine and the Hub did not give it: connect to the network, "
            "or choose a voice that was used before"
        ) from error
    return path


def _endpoint() -> str | None:
    return os.environ.get("HF_ENDPOINT")


def _chosen(names: Iterable[str]) -> list[str]:
    """The files that speaking needs, the small ones first; pickles where there is nothing else."""
    top = [name for name in names if "/" not in name]
    weights = _matching(top, _SAFETENSORS)
    if not any(name.endswith(".safetensors") for name in weights):
        weights = _matching(top, _PICKLES)
    return _matching(top, _FILES) + sorted(weights, key=lambda name: not name.endswith(".json"))


def _matching(names: Sequence[str], patterns: Sequence[str]) -> list[str]:
    return [name for name in names if any(fnmatch(name, pattern) for pattern in patterns)]


def _remember(repository: str, commit: str) -> None:
    """Write which version is the newest, as the client does when it is asked for "main"."""
    reference = repository_folder(repository) / "refs" / "main"
    reference.parent.mkdir(parents=True, exist_ok=True)
    reference.write_text(commit)


def _leave_one_copy(repository: str, folder: Path) -> None:
    """Where the system has no links, the client has copied the blobs: those can go."""
    if not any(path.is_symlink() for path in folder.iterdir()):
        shutil.rmtree(repository_folder(repository) / "blobs", ignore_errors=True)


class _Counter:
    """Bytes of all files of a download; tells of them and lets Cancelled pass."""

    def __init__(self, tell: Tell, total: int) -> None:
        self._tell, self._total, self._before = tell, total, 0

    def show(self, done: int) -> None:
        """done: bytes of the present file."""
        done += self._before
        self._tell(done, max(done, self._total))

    def next(self, size: int) -> None:
        """The present file is complete and has this size."""
        self._before += size
        self.show(0)

    def finish(self) -> None:
        """Everything is here."""
        self._tell(self._total, self._total)


class _Growing:
    """A file that the Hub's client writes to: every piece is counted, and may be the last."""

    def __init__(self, file: BinaryIO, counter: _Counter) -> None:
        self._file, self._counter = file, counter

    def write(self, data: bytes) -> int:
        written = self._file.write(data)
        self._counter.show(self._file.tell())
        return written

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def truncate(self, size: int | None = None) -> int:
        return self._file.truncate(size)


def _fetch(repository: str, name: str, commit: str, counter: _Counter) -> None:
    """Bring one large file into the cache's blobs, going on where an earlier try stopped.

    The client then finds it there under its hash and links it.
    """
    from filelock import FileLock, Timeout
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    constants.DOWNLOAD_CHUNK_SIZE = 1 << 18  # its 10 MB are seconds without progress or Stop
    folder = repository_folder(repository)
    if (linked := folder / "snapshots" / commit / name).exists():
        counter.next(linked.stat().st_size)
        return
    url = hf_hub_url(repository, name, revision=commit, endpoint=_endpoint())
    found = get_hf_file_metadata(url)
    if not re.fullmatch(r"[\w.-]+", found.etag or "") or found.size is None:
        return  # no hash to know it by: the client fetches it in one go
    blob = folder / "blobs" / str(found.etag)
    partial = blob.with_name(blob.name + _PARTIAL)
    if not blob.exists():
        blob.parent.mkdir(parents=True, exist_ok=True)
        lock = cache_folder() / ".locks" / folder.name / f"{partial.name}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(lock, timeout=0):
                with partial.open("ab") as file:
                    if file.tell() > found.size:
                        file.seek(0)  # or it would be asked for what lies beyond the end
                        file.truncate()
                    counter.show(file.tell())
                    http_get(
                        url,
                        _Growing(file, counter),  # type: ignore[arg-type]
                        resume_size=file.tell(),
                        headers=build_hf_headers(),
                        expected_size=found.size,
                    )
                if digest_of(partial, blob.name, quiet) not in (None, blob.name):
                    partial.unlink()
                    raise UserError(f"{name} was damaged on its way: get {repository} again")
                partial.replace(blob)
        except Timeout as error:
            raise UserError(
                f"{repository} is being downloaded by another window: wait until it has ended"
            ) from error
    counter.next(found.size)
