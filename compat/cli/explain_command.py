"""``framegate explain``: what a known error text means and what to do about it."""

import argparse
import sys
from pathlib import Path

from compat.cli.command import Command
from compat.cli.shared_arguments import add_format
from compat.core.errors import ExitCode, UsageError
from compat.knowledge.model import KnownFailure, Retry

# The end of a log is what matters; four bytes per character that the matcher looks at.
_READ_BYTES = 4 * 2**20

_RETRY = {
    Retry.NEVER: "no, it cannot work this way",
    Retry.AFTER_FIX: "yes, after the fix; not before",
    Retry.AS_IS: "yes, as it is",
}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text", nargs="*", help="the error text, an entry's id, or - to read standard input"
    )
    parser.add_argument("--log", type=Path, metavar="FILE", help="read the text from a log file")
    add_format(parser)


def _run(arguments: argparse.Namespace) -> ExitCode:
    from compat.knowledge.load import known_failures
    from compat.knowledge.match import match

    text = _text_of(arguments)
    named = tuple(entry for entry in known_failures() if entry.id == text.strip())
    found = named or match(text)
    if arguments.format == "json":
        _print_json(text, found)
    elif found:
        print("\n\n".join(_describe(entry) for entry in found))
    else:
        print("unknown: no known failure matches this text; that does not make it harmless")
        print(
            "  what to do: look for the innermost error line, or add an entry (docs/knowledge.md)"
        )
    return ExitCode.OK if found else ExitCode.NOTHING_CHECKED


def _text_of(arguments: argparse.Namespace) -> str:
    words = " ".join(arguments.text)
    if bool(words) == bool(arguments.log):
        raise UsageError(
            "give either a text, - or --log FILE", "for example: framegate explain --log comfy.log"
        )
    if arguments.log:
        return _end_of(arguments.log)
    return sys.stdin.read() if words == "-" else words


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            size = handle.seek(0, 2)
            handle.seek(max(0, size - _READ_BYTES))
            data = handle.read(_READ_BYTES)
    except OSError as error:
        raise UsageError(f"the log {path} cannot be read: {error.strerror}") from error
    # PowerShell's > writes UTF-16 with a byte order mark.
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return data.decode(encoding, errors="replace")


def _describe(entry: KnownFailure) -> str:
    known = ", ".join(
        part
        for part in (
            entry.evidence.value,
            f"first seen {entry.first_seen}" if entry.first_seen else "",
            f"last confirmed {entry.last_confirmed}" if entry.last_confirmed else "",
        )
        if part
    )
    sources = "\n              ".join(entry.sources)
    return (
        f"{entry.id}: {entry.title}\n"
        f"  cause       {entry.cause}\n"
        f"  what to do  {entry.remedy}\n"
        f"  try again?  {_RETRY[entry.retry]}\n"
        f"  evidence    {known}\n"
        f"  sources     {sources}"
    )


def _print_json(text: str, found: tuple[KnownFailure, ...]) -> None:
    from compat.cli.output import Result, print_json

    subject = text.strip()[:200]
    results = [
        Result(
            subject=subject,
            verdict=entry.id,
            measures={
                "title": entry.title,
                "cause": entry.cause,
                "remedy": entry.remedy,
                "retry": entry.retry,
                "sources": entry.sources,
                "evidence": entry.evidence,
                "first_seen": entry.first_seen,
                "last_confirmed": entry.last_confirmed,
            },
        )
        for entry in found
    ]
    print_json("explain", results or [Result(subject=subject, verdict="unknown")])


COMMAND = Command(
    name="explain",
    summary="say what a known error text means and what to do",
    add_arguments=_add_arguments,
    run=_run,
)
