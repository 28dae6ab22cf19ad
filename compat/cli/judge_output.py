"""How ``framegate judge`` answers: sentences for people, every number for machines."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from compat.cli.colour import painted
from compat.cli.output import Result
from compat.core.model import Finding, Severity

if TYPE_CHECKING:
    from compat.cli.judge_command import Judged
    from compat.frames.clip import Clip
    from compat.frames.expectation import Expectation

COLOURS = {"good": "green", "suspect": "yellow", "garbage": "red", "undecided": "yellow"}
SHADES = {Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "", Severity.INFO: "dim"}


def tell(judged: "Judged", *, quiet: bool) -> None:
    """Print one clip's verdict with its reasons."""
    judgement = judged.judgement
    verdict = str(judgement.verdict)
    if quiet and verdict == "good":
        return
    chance = judgement.probability
    shown = f", probability of garbage {chance:.1%}" if chance is not None else ""
    count = "1 frame" if judgement.frames == 1 else f"{judgement.frames} frames"
    few = "" if judgement.analysed is None else f", {judgement.analysed} of them analysed in full"
    word = painted(verdict, COLOURS[verdict])
    print(f"{_plain(judged.name)}: {word} ({count}{few}{shown})", flush=True)
    for finding in judgement.findings:
        _tell_finding(finding)
    stages = {str(f.evidence["stage"]) for f in judgement.findings if _points(f)}
    if stages:
        print(f"  points to: {', '.join(sorted(stages))}")
    if judgement.worst_frames:
        print(f"  look at frames: {', '.join(map(str, judgement.worst_frames))}")


def _plain(name: str) -> str:
    # A file's name may hold what a terminal takes for an instruction.
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in name)


def _points(finding: Finding) -> bool:
    return "stage" in finding.evidence and finding.severity.rank >= Severity.MEDIUM.rank


def _tell_finding(finding: Finding) -> None:
    # The sentence begins with the frames and the subject stands above, so no place here.
    word = painted(f"{finding.severity.upper():<6}", SHADES[finding.severity])
    print(f"  {word} {finding.message}")
    if finding.remedy:
        print(f"         what to do: {finding.remedy}")


def tell_sum(verdicts: Mapping[str, int]) -> None:
    """Print how many clips got which verdict; nothing for a single one."""
    total = sum(verdicts.values())
    if total > 1:
        parts = [f"{verdicts[name]} {name}" for name in COLOURS if verdicts.get(name)]
        print(f"{total} clips: {', '.join(parts)}")


def result_of(judged: "Judged", expectation: "Expectation", *, per_frame: bool) -> Result:
    """Return the machine answer: verdict, findings, measures, what the file says, what was asked.

    ``per_frame`` adds every measure of every frame.
    """
    judgement = judged.judgement
    asked = {name: value for name, value in asdict(expectation).items() if value is not None}
    measures: dict[str, object] = {
        "frames": judgement.frames,
        **({} if judgement.analysed is None else {"frames_analysed": judgement.analysed}),
        "worst_frames": list(judgement.worst_frames),
        "probability": judgement.probability,
        **judgement.measures,
    }
    if judged.clip is not None:
        measures["file"] = _file(judged.clip)
        measures["expected"] = asked
    if per_frame:
        measures["per_frame"] = {k: list(values) for k, values in judgement.per_frame.items()}
    return Result(
        subject=judged.name,
        verdict=str(judgement.verdict),
        findings=judgement.findings,
        measures=measures,
    )


def _file(clip: "Clip") -> dict[str, object]:
    """Return what the container declares, how reading went and what encoding again gave."""
    info, passage = clip.info, clip.passage
    compared = passage.compared
    return {
        "container": info.container,
        "codec": info.codec,
        "width": info.width,
        "height": info.height,
        "fps": info.fps,
        "declared_frames": info.declared_frames,
        "bytes": info.file_bytes,
        "pictures": asdict(info.pictures) if info.pictures else None,
        "packets": passage.packets,
        "packets_hidden": passage.hidden,
        "packets_broken": passage.broken,
        "frames_spoiled": len({*passage.spoiled, *passage.patched}),
        "turned": passage.turned,
        "encoded_again": {**asdict(compared), "ratio": compared.ratio} if compared else None,
    }
