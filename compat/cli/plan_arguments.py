"""The plan on the command line: a PLAN file, flags that override it, or flags alone."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compat.core.errors import UsageError
from compat.plan.model import EMBEDDED, PromptAt, RenderPlan

if TYPE_CHECKING:
    from compat.core.model import Finding
    from compat.plan.geometry import PictureRule
    from compat.plan.toml_plan import PlanFile

FLAGS: Mapping[str, tuple[str, type, str]] = {
    "model": ("model.path", str, 'diffusers folder, or "embedded"'),
    "device": ("model.device", str, "auto, cpu, cuda, cuda:N or mps"),
    "dtype": ("model.dtype", str, "auto, float32, bfloat16 or float16"),
    "width": ("video.width", int, "pixels, a multiple of 32"),
    "height": ("video.height", int, "pixels, a multiple of 32"),
    "fps": ("video.fps", float, "frames per second"),
    "seconds": ("video.seconds", float, "length; prompts of PLAN that begin later are left out"),
    "window": ("window.frames", int, "frames of one window, 8n+1"),
    "overlap": ("window.overlap", int, "frames each window repeats, 8n+1"),
    "steps": ("sampling.steps", int, "denoising steps of each window"),
    "guidance": ("sampling.guidance", float, "guidance scale, up to 1 is off"),
    "seed": ("sampling.seed", int, "start of the random numbers"),
    "negative": ("sampling.negative_prompt", str, "what not to show"),
    "output": ("output.path", str, "the MP4"),
}
"""Flag: the plan's dotted key, its type, and help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPlan:
    """The plan after all flags; ``file`` is the plan file as it stands, None for flags alone."""

    plan: RenderPlan
    file: "PlanFile | None"
    overridden: frozenset[str]

    @property
    def subject(self) -> str:
        """What to call this plan in output."""
        return str(self.file.path) if self.file else "flags"

    def findings(self, picture: "PictureRule | None" = None) -> tuple["Finding", ...]:
        """Everything wrong with the plan, with lines; a flag mends what the file has wrong."""
        from compat.plan.geometry import LTX
        from compat.plan.toml_plan import located
        from compat.plan.validate import violations

        rule = picture or LTX
        if self.file is None:
            return violations(self.plan, rule)
        mistakes = [m for m in self.file.mistakes if not self._mended(m.place.path)]
        broken = [key for key in self.file.unreadable if not self._mended(key)]
        found = violations(self.plan, rule, unreadable=broken)
        in_file = tuple(f for f in found if not self._mended(f.place.path))
        in_flags = (f for f in found if self._mended(f.place.path))
        return (*mistakes, *located(in_file, self.file.lines), *in_flags)

    def _mended(self, key: str) -> bool:
        """Whether a flag stands in the place of this key of the file."""
        return key in self.overridden or key.partition("[")[0] in self.overridden


def add_plan_arguments(
    parser: argparse.ArgumentParser, texts: Mapping[str, str] | None = None
) -> None:
    """Add PLAN and every flag that overrides it; read them back with :func:`plan_from`.

    ``texts`` replaces the help of flags that a command takes in another sense.
    """
    parser.add_argument("plan", nargs="?", type=Path, metavar="PLAN", help="plan file (TOML)")
    group = parser.add_argument_group("plan", "each flag overrides its key in PLAN")
    for name, (key, kind, text) in FLAGS.items():
        metavar = {int: "N", float: "X", str: "TEXT"}[kind]
        group.add_argument(
            f"--{name}",
            type=kind,
            metavar=metavar,
            help=f"{(texts or {}).get(name, text)} ({key})",
            dest=f"plan_{name}",
        )
    group.add_argument(
        "--prompt",
        action="append",
        metavar="[SECONDS:]TEXT",
        dest="plan_prompt",
        help="what is seen, from that second on (0 without SECONDS); repeat for more. Replaces "
        "all prompts of PLAN",
    )


def plan_from(namespace: argparse.Namespace) -> RenderPlan:
    """Return the plan of PLAN and flags, with absolute paths for the model and the output.

    Paths in PLAN are relative to its folder, paths in flags to the current folder. Raises
    ``UsageError`` where PLAN cannot be read, and ``PlanError`` with everything that is wrong
    where a key in it is unknown, missing or of the wrong type and no flag takes its place.
    Values that break a rule are the business of ``violations``.
    """
    from compat.plan.toml_plan import PlanError

    given = given_plan(namespace)
    if given.file:
        findings = given.findings()
        if any(finding.rule in MISTAKES for finding in findings):
            raise PlanError(given.file.path, findings)
    return given.plan


MISTAKES = ("unknown-key", "wrong-type", "key-missing")
"""Rules that mean the plan could not be read as one."""


def given_plan(namespace: argparse.Namespace) -> GivenPlan:
    """Read PLAN and flags without judging them; ``UsageError`` where PLAN is no TOML file."""
    from compat.plan.toml_plan import read_plan_file

    flags = _flags_of(namespace)
    prompts: list[str] | None = namespace.plan_prompt
    if namespace.plan is None and not flags and not prompts:
        raise UsageError(
            "there is no plan, expected a plan file or flags such as --prompt TEXT",
            "framegate init writes a plan to start from",
        )
    file = read_plan_file(namespace.plan) if namespace.plan else None
    plan = absolute(file.plan, file.path.absolute().parent) if file else RenderPlan()
    if flags.get("video.seconds", 0) > 0:
        plan = replace(plan, prompts=_before(plan.prompts, flags["video.seconds"]))
    for key, value in flags.items():
        plan = _with(plan, key, value)
    if prompts:
        plan = replace(plan, prompts=tuple(prompt_at(text) for text in prompts))
    keys = {*flags, "prompts"} if prompts else {*flags}
    return GivenPlan(plan=absolute(plan, Path.cwd()), file=file, overridden=frozenset(keys))


def prompt_at(text: str) -> PromptAt:
    """Read "SECONDS:text", or "text" for a prompt that begins at 0."""
    timed = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*:(.*)", text, flags=re.DOTALL)
    if timed:
        return PromptAt(at=float(timed[1]), text=timed[2].strip())
    return PromptAt(at=0.0, text=text.strip())


def absolute(plan: RenderPlan, folder: Path) -> RenderPlan:
    """Return ``plan`` with the paths of model and output absolute, from ``folder`` on.

    "embedded" and an empty path stay what they are.
    """
    model, output = plan.model.path, plan.output.path
    if model.strip() and model != EMBEDDED:
        plan = _with(plan, "model.path", _absolute(model, folder))
    if output.strip() and not output.endswith(("/", "\\")):
        plan = _with(plan, "output.path", _absolute(output, folder))
    return plan


def _absolute(path: str, folder: Path) -> str:
    try:
        return str(folder / Path(path).expanduser())
    except RuntimeError:  # "~nobody": no such user, so it is a name like any other
        return str(folder / path)


def _flags_of(namespace: argparse.Namespace) -> dict[str, Any]:
    given = {key: getattr(namespace, f"plan_{name}") for name, (key, _, _) in FLAGS.items()}
    return {key: value for key, value in given.items() if value is not None}


def _with(plan: RenderPlan, key: str, value: object) -> RenderPlan:
    table, _, name = key.partition(".")
    changed: dict[str, Any] = {table: replace(getattr(plan, table), **{name: value})}
    return replace(plan, **changed)


def _before(prompts: tuple[PromptAt, ...], seconds: float) -> tuple[PromptAt, ...]:
    return tuple(prompt for prompt in prompts if prompt.at < seconds)
