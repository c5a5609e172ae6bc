"""The seeded generator: a number → a folder with something wrong in it.

The same seed and number give the same files on every machine.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.hostile.models import other_archive, other_array, other_gguf, other_safetensors
from tests.hostile.samples import KINDS
from tests.hostile.values import other_bytes, other_json, other_text

# How often each kind comes: formats that much is made of, and readers of our own, more often.
_WEIGHTS = {
    "voice": 3, "bark": 5, "bark-bin": 2, "bark-words": 2, "text": 5, "gguf": 4, "epub": 4,
    "document": 7, "project": 6, "state": 4, "rules": 2,
}  # fmt: skip
_ROUND = tuple(kind for kind in KINDS for _ in range(_WEIGHTS[kind]))
_TEXTS = {
    ".txt", ".md", ".srt", ".vtt", ".ass", ".csv", ".tsv", ".html", ".fb2", ".rtf", ".jinja",
}  # fmt: skip
_SPARSE = 8 * 2**30  # bytes of a file that holds next to nothing


@dataclass(frozen=True)
class Case:
    """of: a kind; None lets the number choose. A number below 0 damages nothing."""

    number: int
    seed: int = 1
    of: str | None = None

    @property
    def kind(self) -> str:
        """A kind of `samples.KINDS`."""
        # Steps that share no factor with the round, so that few cases see every kind.
        return self.of or _ROUND[self.number * 17 % len(_ROUND)]

    def make(self, samples: Path, folder: Path, around: Path) -> str:
        """Put it into a folder, which is made. around: a folder with a precious.txt, where nothing
        may change. Returns in words what is wrong."""
        random = Random(f"{self.seed} {self.kind} {self.number}")
        shutil.copytree(samples / self.kind, folder)
        if self.number < 0:
            return "nothing"
        said = []
        for _ in range(random.choice((1, 1, 1, 2))):
            said.append(_damage(self.kind, folder, around, random))
        return "; ".join(said)


def _damage(kind: str, folder: Path, around: Path, random: Random) -> str:
    special = _SPECIAL.get(kind)
    if special and random.random() < 0.3:
        one = random.choice(special)
        one(folder, around, random)
        return one.__name__.strip("_")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if not files:
        return "nothing"
    path = random.choice(files)
    if kind == "document":
        for other in files:  # a case reads one of them
            if other != path:
                other.unlink()
    if random.random() < 0.12:
        one = random.choice(_FILES)
        one(path, around, random)
        return f"{one.__name__.strip('_')} {path.name}"
    if path.stat().st_size < _SPARSE:
        path.write_bytes(_other(path.suffix.lower(), path.read_bytes(), random, around / "ran"))
    return f"other content of {path.name}"


def _other(suffix: str, data: bytes, random: Random, mark: Path) -> bytes:
    try:
        if suffix in (".json", ".owner", "") and random.random() < 0.85:
            return other_json(data, random)
        if suffix == ".jsonl":
            lines = data.splitlines(keepends=True)
            at = random.randrange(len(lines))
            return b"".join([*lines[:at], other_json(lines[at], random), b"\n", *lines[at + 1 :]])
        if suffix in (".npz", ".epub", ".odt", ".docx") or (suffix == ".bin" and data[:2] == b"PK"):
            return other_archive(data, random, mark, pack=suffix != ".bin")
        if suffix == ".npy":
            return other_array(data, random, mark)
        if suffix == ".safetensors":
            return other_safetensors(data, random)
        if suffix == ".gguf":
            return other_gguf(data, random)
        if suffix in _TEXTS:
            return other_text(data, random)
    except Exception:  # it has been damaged already
        pass
    return other_bytes(data, random)


# ── what lies where a file belongs ────────────────────────────────────────────────────────────


def _a_pipe_for(path: Path, around: Path, random: Random) -> None:
    path.unlink()
    os.mkfifo(path)


def _a_device_for(path: Path, around: Path, random: Random) -> None:
    path.unlink()
    path.symlink_to(random.choice(("/dev/zero", "/dev/urandom", "/dev/tty")))


def _a_link_for(path: Path, around: Path, random: Random) -> None:
    path.unlink()
    where = random.choice((around / "precious.txt", around / "nothing", path, path.parent))
    path.symlink_to(where)


def _a_folder_for(path: Path, around: Path, random: Random) -> None:
    path.unlink()
    path.mkdir()


def _a_sparse_giant_for(path: Path, around: Path, random: Random) -> None:
    os.truncate(path, _SPARSE)


def _nothing_for(path: Path, around: Path, random: Random) -> None:
    if random.random() < 0.5:
        path.unlink()
    else:
        path.write_bytes(b"")


_FILES: tuple[Callable[[Path, Path, Random], None], ...] = (
    _a_pipe_for, _a_device_for, _a_link_for, _a_folder_for, _a_sparse_giant_for, _nothing_for,
)  # fmt: skip


# ── of one kind alone ─────────────────────────────────────────────────────────────────────────


def _change(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Another object of JSON; nothing where an earlier damage has left none, or a pipe, or a giant."""
    if not path.is_file() or path.stat().st_size >= _SPARSE:
        return
    try:
        values = json.loads(path.read_text())
        change(values)
        path.write_text(json.dumps(values))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass


_TEMPLATES = (
    "{{ 'a' * 10**10 }}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{% for i in range(99999) %}{{ messages }}{% endfor %}",
    "{{ messages.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.system('touch MARK') }}",
    "{{ lipsum.__globals__['os'].system('touch MARK') }}",
    "{{ (10**9) ** (10**9) }}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% include '/etc/hostname' %}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'x'.ljust(10**10) }}",
    "{{ range(10**12) | list }}",
    "{{ raise_exception('\u001b[2J\u202e') }}",
    "{% for",
    "{{ undefined.name }}",
    "",
    "{{ messages | tojson(indent=10**9) }}",
    "{{ [[]] * 10**9 }}",
)


def _a_hostile_template(folder: Path, around: Path, random: Random) -> None:
    text = random.choice(_TEMPLATES).replace("MARK", str(around / "ran"))
    (folder / "chat_template.jinja").write_text(text)


_CORES = (
    ("added_tokens", [{"id": 2**32 - 1, "content": "x", "single_word": False, "lstrip": False,
                       "rstrip": False, "normalized": False, "special": True}]),
    ("normalizer", {"type": "Precompiled", "precompiled_charsmap": "AAAA/////w=="}),
    ("normalizer", {"type": "Replace", "pattern": {"Regex": "(a*)*b"}, "content": "x"}),
    ("normalizer", {"type": "Replace", "pattern": {"String": ""}, "content": "x" * 1000}),
    ("normalizer", {"type": "Prepend", "prepend": "x" * 10**6}),
    ("pre_tokenizer", {"type": "Split", "pattern": {"Regex": "(x+x+)+y"}, "behavior": "Isolated",
                       "invert": False}),
    ("pre_tokenizer", {"type": "FixedLength", "length": 0}),
    ("pre_tokenizer", {"type": "Metaspace", "replacement": "", "prepend_scheme": "always"}),
    ("model", {"type": "Unigram", "unk_id": 0, "vocab": []}),
    ("model", {"type": "Unigram", "unk_id": 9, "vocab": [["a", -1.0]]}),
    ("model", {"type": "Unigram", "unk_id": None, "vocab": [["b", float("-1e308")]]}),
    ("model", {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "b"]]}),
    ("model", {"type": "BPE", "vocab": {"a": 2**32 - 1}, "merges": []}),
    ("model", {"type": "WordPiece", "vocab": {}, "unk_token": "[UNK]",
               "continuing_subword_prefix": "##", "max_input_chars_per_word": 0}),
    ("model", {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "b"}),
    ("decoder", {"type": "Strip", "content": "a", "start": 2**40, "stop": 0}),
    ("decoder", {"type": "Replace", "pattern": {"String": ""}, "content": "x"}),
    ("post_processor", {"type": "BertProcessing", "sep": ["x", 2**32 - 1], "cls": ["y", 0]}),
    ("truncation", {"max_length": 0, "strategy": "LongestFirst", "stride": 9, "direction": "Right"}),
    ("padding", {"strategy": {"Fixed": 2**40}, "direction": "Right", "pad_to_multiple_of": 2**40,
                 "pad_id": 0, "pad_type_id": 0, "pad_token": "x"}),
)  # fmt: skip


def _a_tokenizer_that_breaks(folder: Path, around: Path, random: Random) -> None:
    key, value = random.choice(_CORES)
    _change(folder / "tokenizer.json", lambda values: values.update({key: value}))


def _files_outside_of_the_model(folder: Path, around: Path, random: Random) -> None:
    name = random.choice(("../precious.txt", str(around / "precious.txt"), "..\\precious.txt", ""))
    for index in ("model.safetensors.index.json", "pytorch_model.bin.index.json"):
        (folder / index).write_text(json.dumps({"weight_map": {"a": name}}))
    for weights in ("model.safetensors", "pytorch_model.bin", "part-1.safetensors"):
        (folder / weights).unlink(missing_ok=True)
    files = {key: name for key in ("semantic_prompt", "coarse_prompt", "fine_prompt")}
    (folder / "speaker_embeddings_path.json").write_text(json.dumps({"anna": files}))


def _other_sizes(folder: Path, around: Path, random: Random) -> None:
    """A few numbers of a configuration at once, each of them possible by itself."""
    for name in ("config.json", "generation_config.json"):

        def change(values: dict[str, object]) -> None:
            parts = [values, *(part for part in values.values() if isinstance(part, dict))]
            for _ in range(random.choice((1, 2, 4))):
                part = random.choice(parts)
                keys = [key for key, value in part.items() if type(value) in (int, float)]
                if keys:
                    key = random.choice(keys)
                    part[key] = random.choice((0, 1, 2, 3, 5, 33, 64, 1000, 30_000, 65_536, 10**6))

        _change(folder / name, change)


def _links_in_a_project(folder: Path, around: Path, random: Random) -> None:
    inner = folder / "a.project"
    name = random.choice(
        ("takes.jsonl", "takes", "voices", "choices.json", "project.json", "script.json", ".lock",
         ".owner", "held.json", "heard.jsonl", "delivered.jsonl", "cover", "source.json")
    )  # fmt: skip
    path = inner / name
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(around if name in ("takes", "voices") else around / "precious.txt")


def _names_in_a_project(folder: Path, around: Path, random: Random) -> None:
    head = folder / "a.project" / "project.json"
    out = random.choice(("../../precious.txt", str(around / "precious.npz"), "voices/../../p.npz"))
    key = random.choice(("0" * 40, "../" * 13 + "x", "", "A" * 40))
    made_up = {"row": "0000", "take": key, "number": random.choice((0, -1, 10**9)), "file": out}
    changes = (
        {"files": {"a.npz": out}}, {"voices": {"A": out, "": out}}, {"made_up": {"A": made_up}},
        {"format": random.choice((0, 99, "x", None))}, {"pinned": "x"}, {"earlier": [{}] * 3000},
        {"paces": {"x": random.choice((0, -1, 1e300, "x"))}},
    )  # fmt: skip
    _change(head, lambda values: values.update(random.choice(changes)))
    choice = {
        "start": random.choice((10**6, -1, 10**12)),
        "take": 10**6,
        "key": key,
        "locked": True,
    }
    (folder / "a.project" / "choices.json").write_text(json.dumps({"0001": choice}))


_RULES = (
    "/(a+)+$/==x", "/(\\w+\\s?)+\\d/==x", "/x{0,9999}{0,9999}/==y", "/" + "(" * 200 + "/==x",
    "a==" + "b" * 100_000, "/(.*)(.*)(.*)(.*)(.*)(.*)x/==\\1\\2", "/./==\\g<0>\\g<0>\\g<0>\\g<0>",
    "/a/==\\9", "/(?<n>a)/==\\g<m>", "/[[a]/==b", "==", "a==", "/a{99999999}/==b", "/(?R)/==x",
    "/((a{0,900}){0,900}){0,900}/==x", "/\\p{L}{0,999}\\p{L}{0,999}\\p{L}{0,999}!/==x",
    "/(?:(?:a|a)*)*b/==x", "e==e e\n" * 5000, "/(?i)(?:a|b|ab)*c/==x",
)  # fmt: skip


def _rules_that_take_for_ever(folder: Path, around: Path, random: Random) -> None:
    rule = random.choice(_RULES)
    if (folder / "say.txt").exists():
        (folder / "say.txt").write_text(rule)

    def change(values: dict[str, dict[str, object]]) -> None:
        values["recipe"]["replacements"] = rule

    _change(folder / "a.project" / "project.json", change)


def _recipes(folder: Path, around: Path, random: Random) -> None:
    changes = (
        {"takes": random.choice((0, -1, 10**9, 2**62))}, {"anchor": random.choice((-1, 10**12))},
        {"history": "x"}, {"history": "continue"}, {"seed": random.choice((-1, 2**64, 1.5))},
        {"max_seconds": random.choice((-1, 0, 1e308))}, {"semantic_tokens": -1}, {"misheard": -5},
        {"listen": "x" * 10**6},
    )  # fmt: skip

    def change(values: dict[str, dict[str, object]]) -> None:
        values["recipe"].update(random.choice(changes))

    _change(folder / "a.project" / "project.json", change)


Special = Callable[[Path, Path, Random], None]
_SPECIAL: dict[str, tuple[Special, ...]] = {
    "bark": (_a_tokenizer_that_breaks, _files_outside_of_the_model, _other_sizes),
    "bark-bin": (_files_outside_of_the_model, _other_sizes),
    "bark-words": (_files_outside_of_the_model, _other_sizes),
    "text": (_a_hostile_template, _a_tokenizer_that_breaks, _other_sizes),
    "project": (_links_in_a_project, _names_in_a_project, _rules_that_take_for_ever, _recipes),
    "rules": (_rules_that_take_for_ever,),
}
