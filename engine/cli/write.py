"""The command `write`: continues prompts. Text goes to standard output, the rest to standard error.

Standard library only at import, for --help.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli import probabilities, stdin
from engine.cli.exit_codes import INTERRUPTED, OK, USER_ERROR
from engine.cli.options import Parser, add_permission, needs_text, permission_from
from engine.cli.terminal import ERASE, live
from engine.cli.written import as_json, summary
from engine.conversion.prompts import Results
from engine.errors import UserError
from engine.recordings.ownership import free
from engine.system.atomic_files import check_writable, write_atomically
from engine.system.marks import marked
from engine.system.outside import TEXT_BYTES, read_outside
from engine.system.paths import compiled_text_folder
from engine.text.choices import KEY_VALUES, PRECISIONS

if TYPE_CHECKING:
    from engine.api import BeamSearch, Greedy, Progress, Sampling, TextRequest


def add_arguments(parser: Parser) -> None:
    """Give the parser the options of `write`."""
    needs_text(parser, run)
    parser.add_argument("prompt", nargs="?", help="text to continue; - reads standard input")
    parser.add_argument("--prompts", metavar="FILE", help="a file with one prompt a line")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE.jsonl",
        help="with --prompts: write each text there as soon as it ends, a line of JSON for each; "
        "the same command goes on where it was stopped",
    )
    parser.add_argument(
        "--model",
        default="smollm2",
        help="folder, GGUF file, owner/model of the Hub, gpt2, or smollm2 (default)",
    )
    parser.add_argument(
        "--search",
        choices=("greedy", "sample", "beam"),
        help="greedy takes the likeliest token, sample draws, beam follows several texts (default: "
        "what the other options mean: --temperature 0.8 samples, --beams 2 follows two, without "
        "any it is greedy)",
    )
    parser.add_argument("--max-new-tokens", type=int, default=128, metavar="N", help="default 128")
    parser.add_argument("--temperature", type=float, help="sample: higher is livelier, default 1")
    parser.add_argument("--top-k", type=int, metavar="K", help="sample: only the k likeliest")
    parser.add_argument("--top-p", type=float, metavar="P", help="sample: only the likeliest share")
    parser.add_argument(
        "--repetition-penalty", type=float, metavar="R", help="above 1 avoids what was said"
    )
    parser.add_argument("--beams", type=int, metavar="N", help="beam: texts followed, default 4")
    parser.add_argument(
        "--length-penalty", type=float, metavar="L", help="beam: above 0 favours long texts"
    )
    parser.add_argument(
        "--return", dest="sequences", type=int, metavar="N", help="texts for each prompt, default 1"
    )
    parser.add_argument("--seed", metavar="A,B", help="sample: two numbers, default 0,0")
    parser.add_argument(
        "--stop",
        action="append",
        default=[],
        metavar="S",
        help="end the text before this string; may be repeated; exit code 2 if none ever comes",
    )
    parser.add_argument(
        "--chat",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="put the prompt into the model's chat template (default: when it has one)",
    )
    parser.add_argument(
        "--system", metavar="TEXT", help="what the model is told to be, before the prompt of a chat"
    )
    parser.add_argument(
        "--cut-prompt",
        action="store_true",
        help="leave out the beginning of a prompt that the model has no room for, and say so",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="numbers of the weights: float32; int8, 32 of them with a scale, is several times "
        "faster and gives slightly different tokens; auto (default) is float32 for folders and "
        "what its blocks hold for a GGUF file, read as they lie. Beam search and graphics cards "
        "compute in float32",
    )
    parser.add_argument(
        "--key-values",
        choices=KEY_VALUES,
        default="float16",
        help="numbers in which that keeps what it has read; int8 takes half the memory of float16 "
        "(default) and rounds more. XLA's float32 has float32",
    )
    parser.add_argument("--batch-size", type=int, default=8, metavar="N", help="rows together")
    parser.add_argument(
        "--cache", action=argparse.BooleanOptionalAction, default=True, help="keep compiled code"
    )
    parser.add_argument(
        "--probabilities",
        type=int,
        metavar="N",
        help="also tell how likely each token was, and the N likeliest in its place, as a table or "
        "with --json; before temperature and penalty",
    )
    parser.add_argument(
        "--schema",
        metavar="FILE",
        help="a JSON schema that each text has to follow, {} for any JSON; by the step in C, and "
        "with the package llguidance",
    )
    parser.add_argument("--json", metavar="FILE", help="also write the result and its cost there")
    add_permission(parser)


def run(args: argparse.Namespace) -> int:
    """Continue the prompts. Everything that can be refused is refused before the work begins."""
    from engine.api import Cancelled
    from engine.models.fingerprint import file_hash, model_hash
    from engine.models.packaged import find
    from engine.text.engine import TextEngine

    try:
        request = _request(args)
    except ValueError as error:
        raise UserError(str(error)) from error
    if not 1 <= args.batch_size <= 256:
        raise UserError(f"the batch size lies between 1 and 256, not at {args.batch_size}")
    permission = permission_from(args, args.prompts, args.model)
    if args.json:
        free(Path(args.json), permission)
        check_writable(Path(args.json))
    if args.probabilities is not None:
        if args.out is not None:
            raise UserError("--probabilities goes without --out: use --json")
        if not 0 <= args.probabilities <= 100:
            raise UserError(f"--probabilities tells 0 to 100 tokens, not {args.probabilities}")
    model = find(args.model)
    results = None
    if args.out is not None:
        if args.prompts is None or args.json:
            raise UserError("--out goes with --prompts, and without --json, which holds the same")
        digest = model_hash(model) if model.is_dir() else file_hash(model)
        digest = f"{digest} {args.precision} {args.key_values}"  # texts of one file are of one kind
        results = Results(args.out, request, digest, permission)
        if len(results.endings) == results.total:
            print(f"all {results.total} texts are in {args.out}", file=sys.stderr)
            return _tell_endings(request, results.endings)
    engine = TextEngine(
        model,
        device=args.device,
        cache=compiled_text_folder() if args.cache else None,
        batch_size=args.batch_size,
        precision=args.precision,
        key_values=args.key_values,
    )
    # Several texts cannot share one stream: they are printed whole, one after the other.
    single = len(request.prompts) == 1 and getattr(request.search, "sequences", 1) == 1
    start = 0 if results is None else results.open_prompts(args.batch_size)
    rest = dataclasses.replace(request, prompts=request.prompts[start:])
    show = _Rows(results, start * getattr(request.search, "sequences", 1))
    try:
        text = engine.generate(rest, _show if single and results is None else show)
        scores = []
        if args.probabilities is not None:
            scores = probabilities.ask(engine, rest, text, args.probabilities)
    except (KeyboardInterrupt, Cancelled):
        print("\nstopped", file=sys.stderr)
        return INTERRUPTED
    finally:
        engine.close()
        if results is not None:
            results.close()
    if single and results is None:
        print()
    if args.json:
        values = as_json(request, text)
        for each, told in zip(values["texts"], scores, strict=False):
            each["probabilities"] = probabilities.as_json(told)
        result = json.dumps(marked(values), ensure_ascii=False, indent=2)
        write_atomically(Path(args.json), result.encode() + b"\n")
    else:
        for told in scores:
            print(f"\n{probabilities.as_table(told)}")
    print(summary(text), file=sys.stderr)
    for note in filter(None, (*text.notes, text.compiled.note)):
        print(f"bark-studio: {note}", file=sys.stderr)
    return _tell_endings(request, text.endings if results is None else results.endings)


class _Rows:
    """Takes texts as they end, to a file or, in their order, to standard output."""

    def __init__(self, results: Results | None, first: int) -> None:
        """first: how many texts are there already, those of a batch that begins anew left out."""
        self._results, self._first = results, first
        self._waiting: dict[int, str] = {}
        self._shown = 0

    def __call__(self, progress: Progress) -> None:
        _show_stages(progress)
        if progress.written is None:
            return
        if self._results is not None:
            self._results.add(self._first + progress.row, progress.written)
            return
        self._waiting[progress.row] = progress.written.text
        while self._shown in self._waiting:
            print("\n" * bool(self._shown) + self._waiting.pop(self._shown), flush=True)
            self._shown += 1


def _request(args: argparse.Namespace) -> TextRequest:
    """The request that the arguments mean. Raises UserError or ValueError."""
    from engine.api import TextRequest
    from engine.system.untrusted_schema import read_schema

    return TextRequest(
        prompts=_prompts(args),
        search=_search(args),
        max_new_tokens=args.max_new_tokens,
        stop=tuple(args.stop),
        chat=args.chat,
        history=() if args.system is None else (("system", args.system),),
        cut=args.cut_prompt,
        schema="" if args.schema is None else read_schema(Path(args.schema)),
    )


def _prompts(args: argparse.Namespace) -> tuple[str, ...]:

    if (args.prompt is None) == (args.prompts is None):
        raise UserError("give either a prompt or --prompts FILE")
    if args.prompt == "-":
        return (stdin.read_text(),)
    if args.prompt is not None:
        return (args.prompt,)
    return tuple(line for line in _read(args.prompts).split("\n") if line.strip())


def _read(name: str) -> str:
    from engine.documents.encoding import decode

    try:
        data = read_outside(Path(name), TEXT_BYTES)
    except OSError as error:
        raise UserError(f"cannot read {name} ({error})") from error
    if not data:
        return ""
    text, note = decode(data, name)
    if note:
        print(f"bark-studio: {note}", file=sys.stderr)
    return text


def _search(args: argparse.Namespace) -> Greedy | Sampling | BeamSearch:
    from engine.api import BeamSearch, Greedy, Sampling

    given: dict[str, Any] = {
        name: value
        for name in (
            "temperature",
            "top_k",
            "top_p",
            "repetition_penalty",
            "beams",
            "length_penalty",
            "sequences",
            "seed",
        )
        if (value := getattr(args, name)) is not None
    }
    wanted = args.search or _meant(given)
    kind, known = {
        "greedy": (Greedy, {"repetition_penalty"}),
        "sample": (
            Sampling,
            {"temperature", "top_k", "top_p", "repetition_penalty", "sequences", "seed"},
        ),
        "beam": (BeamSearch, {"beams", "length_penalty", "sequences"}),
    }[wanted]
    strange = sorted(set(given) - known)
    if strange:
        option = "--return" if strange[0] == "sequences" else "--" + strange[0].replace("_", "-")
        raise UserError(f"{option} has no meaning with --search {wanted}: leave it out")
    if "seed" in given:
        given["seed"] = _seed(given["seed"])
    search: Greedy | Sampling | BeamSearch = kind(**given)
    return search


def _meant(given: dict[str, Any]) -> str:
    """The search that options mean where none is named."""
    if given.keys() & {"beams", "length_penalty"}:
        return "beam"
    return "sample" if given.keys() & {"temperature", "top_k", "top_p", "seed"} else "greedy"


def _seed(text: str) -> tuple[int, int]:

    try:
        first, second = (int(part) for part in text.split(","))
    except ValueError as error:
        raise UserError(f"--seed takes two whole numbers such as 42,0, not {text}") from error
    return first, second


def _show(progress: Progress) -> None:
    sys.stdout.write(progress.text)
    sys.stdout.flush()
    _show_stages(progress)


def _show_stages(progress: Progress) -> None:
    if progress.stage == "compile" and progress.done < progress.total and sys.stderr.isatty():
        line = f"\rcompiling {progress.done + 1} of {progress.total} …"
        print(line, end="", file=live(sys.stderr))
    elif progress.stage == "prefill" and progress.done == 0 and sys.stderr.isatty():
        print(ERASE, end="", file=live(sys.stderr))


def _tell_endings(request: TextRequest, endings: Sequence[str]) -> int:
    """Say what ended differently than asked for; 2 when no stop string ever came."""
    if "context" in endings:
        print("the model's context is full: the text was cut there", file=sys.stderr)
    if request.schema and set(endings) != {"end"}:
        print("the JSON is not whole: ask for more tokens", file=sys.stderr)
        return USER_ERROR
    if request.stop and not {"stop", "end"} & set(endings):
        strings = " or ".join(repr(stop) for stop in request.stop)
        print(f"the stop string {strings} never came: the text was cut", file=sys.stderr)
        return USER_ERROR
    return OK
