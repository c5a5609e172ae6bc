"""Bark Studio: the launcher and the command line.

Standard library only at module level: this file runs on a bare Python, sets up its environment
(engine/setup/environment.py) and goes on there. Each command is one function below.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:  # python -I leaves the script's folder out
    sys.path.insert(0, str(ROOT))

from engine.errors import UserError  # noqa: E402
from engine.setup import environment, packages  # noqa: E402

try:
    environment.check_python()
except UserError as error:  # before an import that an old Python cannot read
    print(f"bark-studio: {error}", file=sys.stderr)
    sys.exit(2)

from engine import convert, say, terminal  # noqa: E402
from engine.models import bark  # noqa: E402
from engine.models.random_weights import KINDS, write_random  # noqa: E402
from engine.setup import setup_window, shortcuts  # noqa: E402
from engine.system.paths import own_folder  # noqa: E402

EXIT_CODES = """exit codes:
  0  done
  2  something to mend; the sentence on standard error says what
  3  say: the model did not end the sentence: the sound is written but probably cut;
     convert: some rows have no good take: they are listed, everything is written
  130  stopped by Ctrl-C; say writes nothing, convert keeps the takes that are finished
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    try:
        try:
            return run(sys.argv[1:] if argv is None else argv)
        finally:
            if sys.stdout is not None:  # Windows gives a program without a terminal none
                sys.stdout.flush()
    except UserError as error:
        if setup_window.is_double_click():
            setup_window.show(str(error))
        print(f"bark-studio: {error}", file=sys.stderr)
        return terminal.USER_ERROR
    except KeyboardInterrupt:
        print("bark-studio: stopped", file=sys.stderr)
        return terminal.INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return terminal.OK


def run(argv: list[str]) -> int:
    """Parse, set up if the command needs it, and do it. Raises what `main` turns into codes."""
    if argv[:1] == ["test"] and argv[1:2] not in (["-h"], ["--help"]):
        return test(argv)  # whatever follows is pytest's
    parser = build_parser()
    args = parser.parse_args(argv or ["open"])
    if args.command is None:
        parser.print_help()
        return terminal.OK
    if args.needs_packages:
        if args.command == "open" and setup_window.is_double_click() and _needs_set_up():
            command = [sys.executable, str(ROOT / "main.py"), "set-up"]
            if code := setup_window.set_up(command, own_folder() / "set-up.log"):
                return code
        environment.ensure(ROOT, argv, text=args.needs_text)
    result: int = args.run(args)
    return result


def _needs_set_up() -> bool:
    return bool(packages.missing()) and not environment.is_ready(ROOT)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line. Needs no package, so that --help works before any set-up."""
    parser = terminal.Parser(
        prog="python3 main.py" if Path(sys.argv[0]).name == "main.py" else "bark-studio",
        description="Speak text with the Bark model.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=None, needs_packages=True, needs_text=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")

    def add(name: str, run: Any, help: str, parent: Any = commands) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = parent.add_parser(name, help=help, description=help)
        command.set_defaults(run=run)
        return command

    window = add("open", open_window, "show the window, as no command at all does")
    window.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a text to open in it")

    speak = add("say", lambda args: say.run(args, find_model), "speak a text, or write it as WAV")
    _add_model(speak)
    say.add_arguments(speak)

    recordings = add(
        "convert",
        lambda args: convert.run(args, find_model),
        "turn text files into finished recordings; goes on where it was stopped",
    )
    _add_model(recordings)
    convert.add_arguments(recordings)

    checkpoints = add("models", list_models, "list, fetch or make model checkpoints")
    actions = checkpoints.add_subparsers(title="actions", metavar="ACTION")
    add("list", list_models, "show the models that are known and those that are here", actions)
    get = add("get", get_model, "download a model, so that it works without a network", actions)
    get.add_argument(
        "id", metavar="ID", help="a Hub id such as suno/bark-small (1.7 GB), or smollm2 (93 MB)"
    )
    for name, run, help in (
        ("verify", verify_model, "read every file of a model again and say whether it is whole"),
        ("remove", remove_model, "delete a model from the disk, without a question"),
    ):
        one = add(name, run, help, actions)
        one.add_argument("id", metavar="ID", help="what `models list` calls it, or its folder")
    random = add("random", random_model, "write a checkpoint of random weights", actions)
    random.add_argument("kind", choices=KINDS, help="its published dimensions")
    random.add_argument("folder", type=Path, metavar="FOLDER", help="where to write it")
    random.add_argument("--seed", type=int, default=0, metavar="N", help="(default: 0)")

    voices = add("voices", list_voices, "list the voices that a model brings")
    _add_model(voices)

    bench = add("bench", None, "measure the speed")
    subjects = bench.add_subparsers(title="subjects", metavar="SUBJECT", required=True)
    if _exists("engine.bark.bench"):
        from engine.bark import bench as speech_bench

        speech = add("speech", speech_bench.run, "measure Bark, stage by stage", subjects)
        speech_bench.add_arguments(speech)
        from engine.script import bench as script_bench

        scripts = add(
            "convert",
            lambda args: script_bench.run(args, find_model),
            "measure rows spoken together against one by one",
            subjects,
        )
        script_bench.add_arguments(scripts)
    if _exists("engine.text.cli"):
        from engine import together as together_bench
        from engine.text import cli as text

        write = add("write", text.run_write, "continue a text with XLA (installs TensorFlow)")
        text_bench = add("text", text.run_bench, "measure text generation", subjects)
        text.add_write_arguments(write)
        text.add_bench_arguments(text_bench)
        together = add("together", bench_together, "speak and write in turns", subjects)
        _add_model(together)
        together_bench.add_arguments(together)
        for command in (write, text_bench, together):
            command.set_defaults(needs_text=True)

    shortcut = add("install-launcher", install_launcher, "put the program into the system's menu")
    shortcut.set_defaults(needs_packages=False)
    shortcut.add_argument("--remove", action="store_true", help="take it out again")
    add("set-up", set_up, "install what the program needs, and nothing else")

    doctor = add("doctor", examine, "say what this machine has and lacks, and how to mend it")
    doctor.set_defaults(needs_packages=False)
    doctor.add_argument("--json", action="store_true", help="for programs: one JSON object")

    add("test", None, "run the tests; further arguments go to pytest")
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        metavar="FOLDER|ID",
        help="a checkpoint folder, or a Hub id such as suno/bark-small, which is downloaded once "
        "(default: the starter voice in resources/, if it is there)",
    )


def find_model(name: str | None) -> Path:
    """The checkpoint folder to use. Downloads a Hub id that is not here yet."""
    if name is not None:
        with terminal.download_line(name) as tell:
            return bark.find(name, tell)
    if bark.STARTER.is_dir():
        return bark.STARTER
    raise UserError(
        "no model is chosen: --model suno/bark-small downloads one (1.7 GB, once), "
        "and --model FOLDER takes a checkpoint that is here"
    )


def open_window(args: argparse.Namespace) -> int:
    """Show the window, and stay until it is closed."""
    from engine.studio import Studio
    from gui.app import run as run_window

    return run_window(Studio(), [path.absolute() for path in args.files])


def list_models(args: argparse.Namespace) -> int:
    """Print one line a model: its name, and where it is or how to get it."""
    from engine.models import catalog

    for model in catalog.models():
        size = f"{model.size / 1e9:.1f} GB" if model.size >= 1e8 else f"{model.size / 1e6:.0f} MB"
        place = {
            "here": str(model.folder),
            "partial": f"half downloaded; go on with: models get {model.id}",
            "absent": f"not here; {size} to download",
        }[model.state]
        print(f"{model.id:<20} {place}")
    return terminal.OK


def get_model(args: argparse.Namespace) -> int:
    """Download a model, or go on downloading it; print its folder."""
    from engine.models import catalog

    with terminal.download_line(args.id) as tell:
        folder = catalog.download(args.id, tell)
    print(folder)
    return terminal.OK


def verify_model(args: argparse.Namespace) -> int:
    """Read every file of a model again; say whether it is whole."""
    from engine.models import catalog

    with terminal.download_line(args.id) as tell:
        wrong = catalog.verify(args.id, tell)
    if wrong:
        raise UserError(wrong)
    print(f"{args.id} is complete and undamaged")
    return terminal.OK


def remove_model(args: argparse.Namespace) -> int:
    """Delete a model from the disk."""
    from engine.models import catalog

    catalog.remove(args.id)
    print(f"{args.id} is removed")
    return terminal.OK


def random_model(args: argparse.Namespace) -> int:
    """Write a checkpoint with the published dimensions and random weights."""

    def report(file: str) -> None:
        print(file, file=sys.stderr)

    write_random(args.kind, args.folder, seed=args.seed, report=report)
    print(f"{args.folder} holds {args.kind} with random weights: for measuring, not for hearing")
    return terminal.OK


def bench_together(args: argparse.Namespace) -> int:
    """Measure what speaking and writing cost each other in one program."""
    from engine import together
    from engine.models.packaged import find

    return together.run(find_model(args.model), find(args.text_model), args.json)


def list_voices(args: argparse.Namespace) -> int:
    """Print the names of a model's voices, one a line."""
    from engine.bark.voices import presets

    names = presets(find_model(args.model))
    for name in names:
        print(name)
    if not names:
        print("bark-studio: this model brings no voices", file=sys.stderr)
    return terminal.OK


def examine(args: argparse.Namespace) -> int:
    """Say what this machine has and lacks; exit with 0 whatever is found."""
    from engine.setup import doctor

    if packages.missing() and environment.is_ready(ROOT):
        environment.start_again(ROOT / ".venv", [str(ROOT / "main.py"), *sys.argv[1:]])
    findings = doctor.examine(ROOT)
    print(doctor.as_json(findings) if args.json else doctor.as_text(findings))
    return terminal.OK


def install_launcher(args: argparse.Namespace) -> int:
    """Make the shortcuts of this system, or remove them; print which."""
    for path in shortcuts.remove() if args.remove else shortcuts.install(ROOT):
        print(path)
    return terminal.OK


def set_up(args: argparse.Namespace) -> int:
    """The set-up has been done before any command that needs it."""
    return terminal.OK


def test(argv: list[str]) -> int:
    """Run the tests with the further arguments as pytest's own."""
    environment.ensure(ROOT, argv, tests=True)
    if not (ROOT / "tests").is_dir():
        raise UserError("the tests are not installed: run them in a checkout of the project")
    import subprocess

    # A process of its own: the tests start this launcher, and pytest shall not be inside one.
    try:
        return subprocess.call([sys.executable, "-m", "pytest", *argv[1:]], cwd=ROOT)
    except KeyboardInterrupt:
        return terminal.INTERRUPTED


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # nor does its package
        return False


if __name__ == "__main__":
    sys.exit(main())
