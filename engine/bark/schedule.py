"""Schedule: which row is worked on by which stage, and what is delivered when.

Rows wait for the semantic stage, then for the coarse stage, and are finished one at a time. The
coarse stage is kept full first, so that takes come out early; the semantic stage works whenever the
coarse stage would otherwise run with fewer rows than it could. With offload each stage does all
rows before the next one moves in, unless sound is wanted early.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from engine.api import Progress, Report, SpeechRequest, SpeechRow, Take
from engine.bark.coarse import CoarseRow, CoarseStage
from engine.bark.codec import CodecStage, Past
from engine.bark.config import BarkConfig
from engine.bark.fine import FineStage
from engine.bark.sampling import Sampler, must_be_finite, random_numbers
from engine.bark.semantic import SemanticRow, SemanticStage
from engine.bark.tokenizer import TextTokenizer
from engine.bark.voices import Voice
from engine.errors import UserError
from engine.job import More
from engine.settings import Settings
from engine.system.meter import Meter

Enter = Callable[[nn.Module], None]
FindVoice = Callable[[str | None], Voice | None]  # as in SpeechRow → what the stages continue


class Stages(NamedTuple):
    """The four stages of a loaded checkpoint."""

    semantic: SemanticStage
    coarse: CoarseStage
    fine: FineStage
    codec: CodecStage


@dataclass(eq=False)
class _Plan:
    """A row that can be spoken: its text and voice are checked."""

    row: SpeechRow
    text_ids: list[int]
    voice: Voice | None


@dataclass(eq=False)
class _Sound:
    """What a row has become so far: fine codes and samples, piece by piece."""

    past: Past
    fine: list[Tensor] = field(default_factory=list)
    audio: list[Tensor] = field(default_factory=list)
    frames: int = 0


class Schedule:
    """One request on its way through the stages."""

    def __init__(
        self,
        request: SpeechRequest,
        settings: Settings,
        config: BarkConfig,
        find_voice: FindVoice,
        tokenizer: TextTokenizer,
        report: Report,
        meter: Meter,
        more: More | None = None,
    ) -> None:
        """more: asked for rows beyond the request's while there is room for them; not with offload,
        where a stage does all rows before the next one."""
        self.request = request
        self.settings = settings
        self.config = config
        self.meter = meter
        self._report = report
        self._last = Progress(stage="load", done=0, total=1)
        self._more = None if settings.offload else more
        fixed = self._more is None
        self.slots = min(settings.batch_size, len(request.rows)) if fixed else settings.batch_size
        self.limit = self._limit()
        self._voices: dict[str | None, Voice | None] = {}
        self._find_voice, self._tokenizer = find_voice, tokenizer
        self.plans = [self._plan(row) for row in request.rows]
        sampling, rules = request.sampling, config.semantic_rules
        coarse = config.coarse_rules
        floor = sampling.min_eos_p if sampling.min_eos_p is not None else rules.min_eos_p
        self.semantic_sampler = Sampler.of(
            sampling.semantic,
            (rules.temperature or 0.0) if rules.do_sample else 0.0,
            min_eos_p=floor or 0.0,
        )
        self.coarse_sampler = Sampler.of(
            sampling.coarse, (coarse.temperature or 0.0) if coarse.do_sample else 0.0
        )
        # In a checkpoint a fine temperature of 1 or none at all means the likeliest code.
        fine = config.fine_rules.temperature
        self.fine_sampler = Sampler.of(sampling.fine, 0.0 if fine in (None, 1.0) else fine or 0.0)

    def _limit(self) -> int:
        """Semantic tokens of a row at most."""
        rules = self.config.semantic_rules
        prompt = rules.max_input_semantic_length + 1
        # The last token is never fed back, so it needs no position.
        limit = min(rules.max_new_tokens, self.config.semantic.block_size - prompt + 1)
        if self.request.semantic_tokens is not None:
            if self.request.semantic_tokens > limit:
                raise UserError(f"this model makes at most {limit} semantic tokens in one row")
            return self.request.semantic_tokens
        if self.request.max_seconds is not None:
            limit = min(limit, int(self.request.max_seconds * rules.semantic_rate_hz))
        return max(1, limit)

    def _plan(self, row: SpeechRow) -> _Plan:
        if row.voice not in self._voices:
            self._voices[row.voice] = self._find_voice(row.voice)
        return _Plan(row, self._text_ids(row), self._voices[row.voice])

    def _text_ids(self, row: SpeechRow) -> list[int]:
        ids = self._tokenizer(row.text)
        longest = self.config.semantic_rules.max_input_semantic_length
        if not ids:
            raise UserError("there is nothing in this text that the model could speak")
        if len(ids) > longest:
            raise UserError(
                f"the text is {len(ids)} word pieces long and one row holds {longest}: put spaces "
                "or full stops into it, where it can be divided"
            )
        return ids

    # ── reports ───────────────────────────────────────────────────────────────────────────────

    def _tell(self, progress: Progress) -> None:
        self._last = Progress(
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            row=progress.row,
            rows=progress.rows,
        )
        self._report(progress)

    def _step(self, stage: str, done: int, total: int, row: int) -> None:
        waiting = len(self._waiting)  # the last ones: rows begin in their order
        begun = range(len(self.plans) - waiting)
        rows = tuple(index for index in begun if index not in self._takes)
        self._tell(Progress(stage=stage, done=done, total=total, row=row, rows=rows))

    def tick(self) -> None:
        """Nothing new, but a chance to stop: between layers and while loading."""
        self._report(self._last)

    def _passed(self, stage: str, row: int) -> Callable[[int, int], None]:
        return lambda done, total: self._tell(
            Progress(stage=stage, done=done, total=total, row=row)
        )

    # ── the work ──────────────────────────────────────────────────────────────────────────────

    def run(self, stages: Stages, enter: Enter) -> tuple[Take, ...]:
        """Speak all rows; every take is reported as soon as it is finished."""
        self.stages, self._enter = stages, enter
        semantic, coarse = stages.semantic, stages.coarse
        self._takes: dict[int, Take] = {}
        self._sounds: dict[int, _Sound] = {}
        self._finished_semantic: dict[int, SemanticRow] = {}
        self._finished_coarse = 0  # ids
        self._waiting = deque(range(len(self.plans)))
        self._ready: deque[CoarseRow] = deque()
        try:
            if self.settings.offload and not self.settings.early_sound:
                self._run_in_order(stages)
            else:
                self._run_together(stages)
        finally:
            for stage in (semantic, coarse):
                if self.settings.offload:
                    stage.release()  # also what graphs look at: its weights have gone
                else:
                    stage.close()
        return tuple(self._takes[i] for i in range(len(self.plans)))

    def _run_together(self, stages: Stages) -> None:
        """A row is finished as soon as it can be."""
        semantic, coarse = stages.semantic, stages.coarse
        self._open_semantic()
        self._open_coarse()
        while len(self._takes) < len(self.plans):
            self._ask_for_more()
            more = bool(self._waiting or semantic.rows)
            ahead = len(coarse.rows) + len(self._ready)
            # Offload: a stage that has moved in does all that it can before the next does.
            if more and (ahead < self.slots or (self.settings.offload and not coarse.rows)):
                self._semantic_step()
            else:
                for row in self._coarse_step():
                    codes = coarse.codes(row)
                    self._sound(row.index, codes)
                    self._deliver(row.index, codes)

    def _run_in_order(self, stages: Stages) -> None:
        """Each stage does all rows, and its cache is there as long as it is."""
        self._open_semantic()
        while self._waiting or stages.semantic.rows:
            self._semantic_step()
        stages.semantic.release()
        coarse: dict[int, Tensor] = {}
        if self._ready:
            self._open_coarse()
        while self._ready or stages.coarse.rows:
            for row in self._coarse_step():
                coarse[row.index] = stages.coarse.codes(row)
        stages.coarse.release()
        full = {index: self._fill(index, codes) for index, codes in sorted(coarse.items())}
        stages.fine.release()
        for index, codes in coarse.items():
            self._decode(index, full[index])
            self._deliver(index, codes)

    def _ask_for_more(self) -> None:
        """A row that cannot be spoken ends the request: whoever gives it has looked at it."""
        room = self.stages.semantic.room - len(self._waiting)
        if self._more is not None and room > 0:
            for row in self._more(room):
                self._waiting.append(len(self.plans))
                self.plans.append(self._plan(row))

    def _open_semantic(self) -> None:
        with self.meter.stage("semantic"):
            self._enter(self.stages.semantic)
        prompt = self.config.semantic_rules.max_input_semantic_length + 1
        self.stages.semantic.open(self.slots, prompt + self.limit, self.limit)

    def _open_coarse(self) -> None:
        stage = self.stages.coarse
        if self.settings.offload and not self.settings.early_sound:
            with self.meter.stage("coarse"):
                self._enter(stage)  # the cache of the stage before has gone
        stage.open(self.slots, stage.positions, stage.length(self.limit))

    def _semantic_step(self) -> None:
        stage = self.stages.semantic
        with self.meter.stage("semantic"):
            self._enter(stage)
            while self._waiting and stage.room:
                stage.admit(self._semantic_row(self._waiting.popleft()), self.tick)
            gone = stage.step()
        for row in gone:
            self._finished_semantic[row.index] = row
            self._to_coarse(row)
        finished = self._finished_semantic.values()
        done = sum(len(row.tokens) for row in (*finished, *stage.rows))
        open_rows = len(self.plans) - len(finished)
        total = sum(len(row.tokens) for row in finished) + open_rows * self.limit
        only = (stage.rows or gone)[0].index if len(stage.rows) <= 1 else -1
        self._step("semantic", done, total, only)

    def _semantic_row(self, index: int) -> SemanticRow:
        plan = self.plans[index]
        history = None if plan.voice is None else torch.from_numpy(plan.voice.semantic).long()
        return SemanticRow(
            index,
            plan.text_ids,
            history,
            self._uniforms(index, "semantic", self.limit),
            self.limit,
            self.semantic_sampler,
            fixed=self.request.semantic_tokens is not None,
        )

    def _uniforms(self, index: int, stage: str, count: int) -> Tensor:
        row = self.plans[index].row
        return random_numbers(row.seed, row.take, stage, count).to(self.stages.codec.device)

    def _to_coarse(self, row: SemanticRow) -> None:
        coarse = self.stages.coarse
        uniforms = self._uniforms(row.index, "coarse", coarse.length(len(row.tokens)))
        voice = self.plans[row.index].voice
        ready = coarse.row(row.index, row.tokens, voice, uniforms, self.coarse_sampler)
        self._sounds[row.index] = _Sound(self.stages.codec.start())
        if ready.total:
            self._ready.append(ready)
        else:
            self._deliver(row.index, torch.empty(self.config.coarse_rules.n_coarse_codebooks, 0))

    def _coarse_step(self) -> list[CoarseRow]:
        """Returns the rows that are finished."""
        stage = self.stages.coarse
        with self.meter.stage("coarse"):
            self._enter(stage)
            while self._ready and stage.room:
                stage.admit(self._ready.popleft(), self.tick)
            gone = stage.step(self.tick)
        rows = (*gone, *stage.rows)
        done = self._finished_coarse + sum(len(row.tokens) for row in rows)
        total = self._finished_coarse + sum(row.total for row in (*rows, *self._ready))
        # A row whose semantic ids are not all there yet counts as the longest.
        open_rows = len(self.plans) - len(self._finished_semantic)
        total += open_rows * stage.length(self.limit)
        self._finished_coarse += sum(row.total for row in gone)
        only = rows[0].index if len(rows) == 1 else -1
        self._step("coarse", done, total, only)
        if self.settings.early_sound:
            piece = self.config.fine_rules.max_fine_history_length // 4
            for row in stage.rows:
                codes = stage.heard(row)
                if codes.shape[1] - self._sounds[row.index].frames >= piece:
                    sound = self._sound(row.index, codes)
                    self._tell(
                        Progress(
                            stage="codec",
                            done=1,
                            total=1,
                            row=row.index,
                            sound=sound,
                            sample_rate=self.config.sample_rate,
                        )
                    )
        return gone

    def _sound(self, index: int, codes: Tensor) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Turn the frames of a row that are no sound yet into sound: float32 (samples,)."""
        return self._decode(index, self._fill(index, codes))

    def _fill(self, index: int, codes: Tensor) -> Tensor:
        """All codes of the frames of a row that are new: int64 (codebooks, frames)."""
        sound, voice = self._sounds[index], self.plans[index].voice
        fresh = codes[:, sound.frames :]
        earlier = [] if voice is None else [torch.from_numpy(voice.fine).long()]
        earlier += sound.fine
        history = torch.cat(earlier, 1) if earlier else None
        longest = self.config.fine_rules.max_fine_history_length
        known = 0 if history is None else min(longest, history.shape[1])
        fine = self.stages.fine
        with self.meter.stage("fine"):
            self._enter(fine)
            stream = f"fine/{len(sound.fine)}"
            numbers = self._uniforms(index, stream, fine.numbers(fresh.shape[1], known))
            passed = self._passed("fine", index)
            full = fine.generate(fresh, history, self.fine_sampler, numbers, self.tick, passed)
        sound.fine.append(full)
        sound.frames = codes.shape[1]
        return full

    def _decode(self, index: int, full: Tensor) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """The sound of the codes that `_fill` gave: float32 (samples,)."""
        sound, codec = self._sounds[index], self.stages.codec
        with self.meter.stage("codec"):
            self._enter(codec)
            audio = codec.decode(full, sound.past, self._passed("codec", index), self.tick)
        must_be_finite(audio, self.stages.fine.compute.precision)
        sound.audio.append(audio)
        return np.asarray(audio.numpy())

    def _deliver(self, index: int, codes: Tensor) -> None:
        sound = self._sounds.pop(index)
        row = self._finished_semantic[index]
        books = self.config.fine_rules.n_fine_codebooks
        audio = torch.cat(sound.audio) if sound.audio else torch.empty(0)
        fine = torch.cat(sound.fine, 1) if sound.fine else torch.empty(books, 0)
        take = Take(
            row=index,
            audio=audio.numpy(),
            sample_rate=self.config.sample_rate,
            semantic=np.array(row.tokens, dtype=np.int32),
            coarse=codes.numpy().astype(np.int32),
            fine=fine.numpy().astype(np.int32),
            ended=row.ended,
        )
        self._takes[index] = take
        done, total = len(self._takes), len(self.plans)
        self._tell(Progress(stage="rows", done=done, total=total, row=index, take=take))
