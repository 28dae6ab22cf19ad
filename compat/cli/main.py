"""The ``framegate`` command: finds the subcommand, runs it, and turns errors into exit codes."""

import argparse
import contextlib
import errno
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from compat import __version__
from compat.cli.command import Command
from compat.cli.commands import command_named, command_summaries
from compat.core.errors import CompatError, ExitCode


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_closed_streams()
    _speak_utf8()
    try:
        return int(_told(_dispatch(words)))
    except CompatError as error:
        _complain(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("\nframegate: interrupted", file=sys.stderr)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        _forget_stdout()
        return int(ExitCode.OK)
    except OSError as error:
        return int(_refused(error, words))
    except Exception:  # noqa: BLE001 - the one handler for our own bugs
        return int(_report_bug(words))


MENDABLE = {
    errno.EACCES: "check who may read and write there",
    errno.EPERM: "check who may read and write there",
    errno.EROFS: "name a place that can be written",
    errno.ENOTDIR: "name a folder, not a file",
    errno.EEXIST: "name a folder, not a file",
    errno.EISDIR: "name a file, not a folder",
    errno.ENAMETOOLONG: "name a shorter path",
    errno.ENOSPC: "free some space, then try again",
    errno.EDQUOT: "free some space, then try again",
}
"""What the system refuses for reasons that only the user can mend, and how."""


def _refused(error: OSError, words: list[str]) -> ExitCode:
    if error.errno not in MENDABLE:
        return _report_bug(words)
    if error.filename is None:
        _forget_stdout()
    where = error.filename2 or error.filename or "the output"
    reason = (error.strerror or str(error)).lower()
    _complain(CompatError(f"{where} cannot be used: {reason}", MENDABLE[error.errno]))
    return ExitCode.USAGE


def _told(code: ExitCode) -> ExitCode:
    # What print() holds back would fail at exit, where nobody can say so in a sentence.
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    return code


def _forget_stdout() -> None:
    # The reader (head, less) went away or its disk is full: without this the interpreter would try
    # once more to write what is left when it ends, and complain.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_closed_streams() -> None:
    # Started with a closed stdin, stdout or stderr (cron, >&-), Python has None in its place, and
    # print() then writes complaints to the other stream; with nobody there, they go nowhere.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123, SIM115 - stays open
            setattr(sys, name, stream)


def _speak_utf8() -> None:
    # Windows consoles default to a legacy code page that cannot write the marks we print.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _dispatch(words: list[str]) -> ExitCode:
    name = words[0] if words and not words[0].startswith("-") else None
    command = command_named(name) if name else None
    if name and command is None:
        _top_parser().error(f"unknown command {name!r}; see framegate --help")
    if command is None:
        return _top_level(words)
    parser = _parser_for(command)
    return command.run(parser.parse_args(words[1:]))


def _top_level(words: list[str]) -> ExitCode:
    parser = _top_parser()
    parser.parse_args(words)
    parser.print_help()
    return ExitCode.OK if words else ExitCode.USAGE


def _parser_for(command: Command) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"framegate {command.name}",
        description=command.summary,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    return parser


def _top_parser() -> argparse.ArgumentParser:
    listing = "\n".join(f"  {name:<11}{summary}" for name, summary in command_summaries())
    parser = argparse.ArgumentParser(
        prog="framegate",
        usage="framegate [-h] [--version] COMMAND ...",
        description="Makes a long AI video render earn its start.",
        epilog=f"commands:\n{listing}\n\nframegate COMMAND --help tells more. Exit codes: 0 fine, "
        "1 findings, 2 wrong usage or plan,\n3 bug in framegate, 4 gate shut, 5 nothing could be "
        "checked, 130 interrupted.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"framegate {__version__}")
    return parser


def _complain(error: CompatError) -> None:
    print(f"framegate: {error}", file=sys.stderr)
    if error.remedy:
        print(f"  what to do: {error.remedy}", file=sys.stderr)


def _report_bug(words: list[str]) -> ExitCode:
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    log = Path(tempfile.gettempdir()) / f"framegate-bug-{stamp}.log"
    text = f"framegate {__version__}\narguments: {words}\n\n{traceback.format_exc()}"
    with contextlib.suppress(OSError):
        log.write_text(text, "utf-8", errors="replace")
    last = text.strip().splitlines()[-1]
    print(f"framegate: this is a bug in framegate: {last}", file=sys.stderr)
    print(f"  what to do: please report it with {log}", file=sys.stderr)
    return ExitCode.BUG


if __name__ == "__main__":
    sys.exit(main())
