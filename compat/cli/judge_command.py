"""``framegate judge``: looks at clips and says whether they are video or garbage."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from compat.cli.command import Command
from compat.cli.output import Result, print_json
from compat.cli.shared_arguments import add_format
from compat.core.errors import ExitCode, NothingCheckedError, UsageError

if TYPE_CHECKING:
    from compat.frames.expectation import Expectation
    from compat.frames.judge import Judgement

YES_NO = {"yes": True, "no": False}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add clips, what is expected of them, and where pictures go."""
    parser.add_argument(
        "clips", nargs="+", metavar="CLIP", help="video, gif, webp, png folder, npy"
    )
    parser.add_argument(
        "--expect",
        default="",
        metavar="KEY=VALUE,...",
        help="frames=81, size=848x480, fps=25, motion=yes|no, in-distribution=yes|no",
    )
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="write a contact sheet")
    parser.add_argument("--timeline", type=Path, metavar="PNG", help="write the measures over time")
    parser.add_argument(
        "--fast",
        action="store_true",
        help="look at every frame in small, analyse one in sixteen and what stands out; all of "
        "them where in doubt",
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 for suspect clips too")
    add_format(parser)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Judge each clip; the worst verdict decides the exit code."""
    expectation = parse_expectation(arguments.expect)
    if (arguments.sheet or arguments.timeline) and len(arguments.clips) > 1:
        raise UsageError("--sheet and --timeline take one clip", "judge the clips one by one")
    judged = [(name, _judge(Path(name), expectation, arguments)) for name in arguments.clips]
    if arguments.format == "json":
        print_json("judge", [_result(name, judgement) for name, judgement in judged])
    else:
        for name, judgement in judged:
            _tell(name, judgement)
    return _exit_code([str(j.verdict) for _, j in judged], strict=arguments.strict)


def parse_expectation(text: str) -> "Expectation":
    """Read ``frames=81,size=848x480,motion=yes,fps=25``; UsageError for anything else."""
    from compat.frames.expectation import Expectation

    known: dict[str, object] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = part.partition("=")
        try:
            known.update(_expected(key.strip(), value.strip()))
        except (ValueError, KeyError):
            raise UsageError(
                f"--expect does not understand {part!r}",
                "write frames=81,size=848x480,motion=yes,fps=25",
            ) from None
    return Expectation(**known)  # type: ignore[arg-type]


def _expected(key: str, value: str) -> dict[str, object]:
    if key == "size":
        width, height = value.lower().split("x")
        return {"width": _positive(width), "height": _positive(height)}
    if key == "frames":
        return {"frames": _positive(value)}
    if key == "fps" and float(value) > 0:
        return {"fps": float(value)}
    if key in {"motion", "in-distribution"}:
        return {key.replace("-", "_"): YES_NO[value.lower()]}
    raise KeyError(key)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _judge(path: Path, expectation: "Expectation", arguments: argparse.Namespace) -> "Judgement":
    from compat.frames.decode import open_clip
    from compat.frames.judge import judge_clip, refused
    from compat.frames.sheet import contact_sheet
    from compat.frames.timeline import timeline

    try:
        clip = open_clip(path)
    except NothingCheckedError as error:
        return refused(path, error)
    judgement = judge_clip(clip, expectation, adaptive=arguments.fast)
    if arguments.sheet:
        _save(arguments.sheet, lambda out: contact_sheet(clip, judgement, out))
    if arguments.timeline:
        _save(arguments.timeline, lambda out: timeline(judgement, out))
    return judgement


def _save(path: Path, write: Callable[[Path], None]) -> None:
    try:
        write(path)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the picture cannot be written to {path}: {error}",
            "name a .png in a folder that exists",
        ) from error


def _result(name: str, judgement: "Judgement") -> Result:
    return Result(
        subject=name,
        verdict=str(judgement.verdict),
        findings=judgement.findings,
        measures={
            "frames": judgement.frames,
            **({} if judgement.analysed is None else {"frames_analysed": judgement.analysed}),
            "worst_frames": list(judgement.worst_frames),
            "probability": judgement.probability,
            **judgement.measures,
        },
    )


def _tell(name: str, judgement: "Judgement") -> None:
    chance = judgement.probability
    shown = f", probability of garbage {chance:.1%}" if chance is not None else ""
    few = "" if judgement.analysed is None else f", {judgement.analysed} of them analysed in full"
    print(f"{name}: {judgement.verdict} ({judgement.frames} frames{few}{shown})")
    # The sentence begins with the frames and the subject stands above, so no place here.
    for finding in judgement.findings:
        print(f"  {finding.severity.upper():<6} {finding.message}")
        if finding.remedy:
            print(f"         what to do: {finding.remedy}")
    stages = {str(f.evidence["stage"]) for f in judgement.findings if "stage" in f.evidence}
    if stages:
        print(f"  points to: {', '.join(sorted(stages))}")
    if judgement.worst_frames:
        print(f"  look at frames: {', '.join(map(str, judgement.worst_frames))}")


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
