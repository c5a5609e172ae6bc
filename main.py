"""Bark Studio: the launcher, the window and the tests; engine/cli has every other command.

Standard library only at module level: this file runs on a bare Python, sets up its environment
(engine/setup/environment.py) and goes on there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:  # python -I leaves the script's folder out
    sys.path.insert(0, str(ROOT))

from engine.errors import UserError  # noqa: E402
from engine.setup import python_version  # noqa: E402

try:
    python_version.check_python()
except UserError as error:  # before an import that an old Python cannot read
    print(f"bark-studio: {error}", file=sys.stderr)
    sys.exit(2)

from engine.cli import terminal  # noqa: E402
from engine.cli.exit_codes import INTERRUPTED, OK, USER_ERROR  # noqa: E402
from engine.cli.parser import build_parser  # noqa: E402
from engine.setup import agreement, environment, packages, setup_window  # noqa: E402
from engine.system import programs  # noqa: E402
from engine.system.aside import left_alone  # noqa: E402
from engine.system.paths import own_folder  # noqa: E402

if TYPE_CHECKING:
    from argparse import Namespace


def main(argv: list[str] | None = None) -> int:
    """Run one command; return its exit code."""
    try:
        try:
            programs.leave_current_folder_out()
            terminal.guard()
            return run(sys.argv[1:] if argv is None else argv)
        finally:
            if sys.stdout is not None:  # Windows gives a program without a terminal none
                sys.stdout.flush()
    except UserError as error:
        if setup_window.is_double_click():
            setup_window.show(str(error))
        print(f"bark-studio: {error}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        print("bark-studio: stopped", file=sys.stderr)
        if left_alone():
            sys.stdout.flush()
            os._exit(INTERRUPTED)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def run(argv: list[str]) -> int:
    """Parse, set up if the command needs it, and do it. Raises what `main` turns into codes."""
    if argv[:1] == ["test"] and argv[1:2] not in (["-h"], ["--help"]):
        return test(argv)  # whatever follows is pytest's
    parser = build_parser(open_window)
    args = parser.parse_args(argv or ["open"])
    if args.command is None:
        parser.print_help()
        return OK
    if args.needs_packages:
        if args.command == "open" and setup_window.is_double_click() and _needs_set_up():
            command = [sys.executable, str(ROOT / "main.py"), "set-up"]
            code = setup_window.set_up(command, own_folder() / "set-up.log")
            if code:
                return code
        if args.needs_text:
            agreement.agree_to_text(ROOT, yes=args.yes)
        environment.ensure(ROOT, argv, text=args.needs_text)
    result: int = args.run(args)
    return result


def _needs_set_up() -> bool:
    return bool(packages.missing()) and not environment.is_ready(ROOT)


def open_window(args: Namespace) -> int:
    """Show the window, and stay until it is closed."""
    from engine.backend import Backend
    from gui.app import run as run_window

    return run_window(Backend(), [path.absolute() for path in args.files])


def test(argv: list[str]) -> int:
    """Run the tests with the further arguments as pytest's own."""
    environment.ensure(ROOT, argv, tests=True)
    if not (ROOT / "tests").is_dir():
        raise UserError("the tests are not installed: run them in a checkout of the project")
    # A process of its own: the tests start this launcher, and pytest shall not be inside one.
    try:
        return subprocess.call([sys.executable, "-m", "pytest", *argv[1:]], cwd=ROOT)
    except KeyboardInterrupt:
        return INTERRUPTED


def launch() -> None:
    """`main` in a process of its own, which waits for nobody: a library that is still being loaded
    when the window is closed would end it with a crash."""
    code = main()
    if left_alone():
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    launch()
