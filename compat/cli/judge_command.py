"""``framegate judge``: looks at clips and says whether they are video or garbage."""

import argparse
import glob
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.expectations import HELP, parse_expectation
from compat.cli.shared_arguments import add_format
from compat.core.errors import ExitCode, NothingCheckedError, UsageError

if TYPE_CHECKING:
    from compat.cli.frame_progress import FrameProgress
    from compat.frames.clip import Clip
    from compat.frames.expectation import Expectation
    from compat.frames.judge import Judgement


@dataclass(frozen=True, slots=True)
class Judged:
    """One clip's answer; ``clip`` is None where it could not be opened."""

    name: str
    judgement: "Judgement"
    clip: "Clip | None"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add clips, what is expected of them, and where pictures go."""
    parser.add_argument(
        "clips",
        nargs="+",
        metavar="CLIP",
        help="video, gif, webp, png, folder of pictures, npy, npz, safetensors, or a quoted "
        "pattern ('out/**/*.mp4')",
    )
    parser.add_argument("--expect", default="", metavar="KEY=VALUE,...", help=HELP)
    parser.add_argument(
        "--sheet", type=Path, metavar="PNG", help="write a contact sheet (of many: into a folder)"
    )
    parser.add_argument(
        "--timeline", type=Path, metavar="PNG",
        help="write the measures over time (of many: into a folder)",
    )  # fmt: skip
    parser.add_argument(
        "--fast",
        action="store_true",
        help="look at every frame in small, analyse one in sixteen and what stands out; all of "
        "them where in doubt",
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 for suspect clips too")
    parser.add_argument(
        "--no-encode", action="store_true", help="do not encode sampled frames again"
    )
    parser.add_argument(
        "--per-frame", action="store_true", help="with json: every measure of every frame"
    )
    parser.add_argument("--quiet", action="store_true", help="only what is not good, and the sum")
    add_format(parser, sarif=True)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Judge each clip; the worst verdict decides the exit code."""
    from compat.cli.frame_progress import FrameProgress

    expectation = parse_expectation(arguments.expect)
    names = _expanded(arguments.clips)
    for pictures in (arguments.sheet, arguments.timeline):
        _check_target(pictures, many=len(names) > 1)
    judged = []
    with FrameProgress(len(names)) as progress:
        for name in names:
            judged.append(_judge(name, expectation, arguments, progress))
            if arguments.format == "text":
                from compat.cli.judge_output import tell

                progress.rest()
                tell(judged[-1], quiet=arguments.quiet)
    _show(judged, expectation, arguments)
    return _exit_code([str(each.judgement.verdict) for each in judged], strict=arguments.strict)


def _expanded(words: Sequence[str]) -> list[str]:
    """Return what the words name, each once; a name that is not there stays and is refused."""
    names: dict[str, None] = {}
    for word in words:
        path = Path(word)
        if path.exists() or path.is_symlink() or not glob.has_magic(word):
            names.setdefault(word)
            continue
        matches = sorted(glob.glob(str(path.expanduser()), recursive=True))  # noqa: PTH207
        if not matches:
            raise UsageError(f"nothing matches {word}", "name an existing clip")
        names.update(dict.fromkeys(matches))
    return list(names)


def _check_target(target: Path | None, *, many: bool) -> None:
    if target is None or not many:
        return
    if target.suffix and not target.is_dir():
        raise UsageError(
            f"{target} is one picture, and there are several clips", "name a folder for them"
        )


def _judge(
    name: str,
    expectation: "Expectation",
    arguments: argparse.Namespace,
    progress: "FrameProgress",
) -> Judged:
    from compat.frames.decode import open_clip
    from compat.frames.judge import judge_clip, refused
    from compat.frames.sheet import contact_sheet
    from compat.frames.timeline import timeline

    path = Path(name)
    try:
        clip = progress.watch(open_clip(path))
    except NothingCheckedError as error:
        return Judged(name, refused(path, error), None)
    judgement = judge_clip(
        clip, expectation, adaptive=arguments.fast, encode_again=not arguments.no_encode
    )
    if arguments.sheet:
        _save(_target(arguments.sheet, path, "sheet"), lambda out: contact_sheet(
            clip.read_again(), judgement, out, name=path.name))  # fmt: skip
    if arguments.timeline:
        _save(_target(arguments.timeline, path, "timeline"),
              lambda out: timeline(judgement, out, name=path.name))  # fmt: skip
    return Judged(name, judgement, clip)


def _target(given: Path, clip: Path, kind: str) -> Path:
    if given.suffix and not given.is_dir():
        return given
    given.mkdir(parents=True, exist_ok=True)
    return given / f"{clip.name}.{kind}.png"


def _save(path: Path, write: Callable[[Path], None]) -> None:
    from compat.core.system import replacing

    if not path.parent.is_dir():
        raise UsageError(
            f"the picture cannot be written to {path}: there is no such folder",
            "name a .png in a folder that exists",
        )
    try:
        # Whole or not at all, also when Ctrl-C comes in between.
        with replacing(path) as temporary:
            write(temporary)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the picture cannot be written to {path}: {error}",
            "name a .png in a folder that exists",
        ) from error


def _show(
    judged: Sequence[Judged], expectation: "Expectation", arguments: argparse.Namespace
) -> None:
    from compat.cli.judge_output import result_of, tell_sum

    if arguments.format == "text":
        tell_sum(Counter(str(each.judgement.verdict) for each in judged))
        return
    results = [result_of(each, expectation, per_frame=arguments.per_frame) for each in judged]
    if arguments.format == "sarif":
        from compat.cli.sarif import print_sarif

        print_sarif("judge", results)
    else:
        from compat.cli.output import print_json

        print_json("judge", results)


def _exit_code(verdicts: list[str], *, strict: bool) -> ExitCode:
    if "garbage" in verdicts or (strict and "suspect" in verdicts):
        return ExitCode.FINDINGS
    return ExitCode.NOTHING_CHECKED if "undecided" in verdicts else ExitCode.OK


COMMAND = Command(
    name="judge",
    summary="look at a rendered clip and say whether it is video or garbage",
    add_arguments=add_arguments,
    run=run,
)
