"""Rules about the output file and about waivers."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from compat.plan.geometry import PictureRule
from compat.plan.model import RenderPlan
from compat.plan.rules.rule import Problem, rule


@rule("output-suffix")
def output_suffix(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The output is an MP4 and its name ends in .mp4; the encoder chooses its format by it."""
    path = plan.output.path
    if not path.strip() or "\0" in path or path.endswith(("/", "\\")):
        yield Problem(
            key="output.path",
            message=f"output.path is {path!r}, expected the name of a file that ends in .mp4",
            remedy='set output.path to "render.mp4"',
        )
    elif PurePath(path).suffix.lower() != ".mp4":
        nearest = PurePath(path).with_suffix(".mp4").name
        yield Problem(
            key="output.path",
            message=f"output.path is {path!r}, expected a name that ends in .mp4, "
            f"nearest {nearest}",
            remedy=f"name it {nearest}",
        )


@rule("waiver-reason", reads=("waivers",))
def waiver_reason(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """A waiver says why; the reason is printed in every report of the run."""
    for index, waiver in enumerate(plan.waivers):
        if not waiver.reason.strip():
            yield Problem(
                key=f"waivers[{index}].reason",
                message=f"waivers[{index}].reason is empty, expected why {waiver.rule!r} may be "
                "waived for this render",
                remedy="write the reason in a sentence, or remove the waiver",
            )


@rule("waiver-rule", reads=("waivers",))
def waiver_rule(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """A waiver names one rule or check, by its id, and no two waivers name the same."""
    seen: set[str] = set()
    for index, waiver in enumerate(plan.waivers):
        key = f"waivers[{index}].rule"
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", waiver.rule):
            yield Problem(
                key=key,
                message=f"{key} is {waiver.rule!r}, expected the id of one rule or check, "
                "such as 'token-volume'",
                remedy="copy the id from the preflight's output",
            )
        elif waiver.rule in seen:
            yield Problem(
                key=key,
                message=f"{key} waives {waiver.rule!r} a second time, expected one waiver a rule",
                remedy="keep one waiver with one reason",
            )
        seen.add(waiver.rule)


RULES = (output_suffix, waiver_reason, waiver_rule)
