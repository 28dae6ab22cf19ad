"""Reads a plan from TOML and names every mistake in it, with key, line and the nearest legal."""

import dataclasses
import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compat.core.errors import UsageError
from compat.core.model import Finding
from compat.plan.geometry import LTX, PictureRule
from compat.plan.model import RenderPlan
from compat.plan.plan_reader import PlanReader
from compat.plan.toml_lines import key_lines, line_of
from compat.plan.validate import violations

LARGEST_PLAN_BYTES = 1 << 20
"""A plan is written by hand; a larger file is something else."""


class PlanError(UsageError):
    """The plan cannot be read as one; ``findings`` are all its mistakes, places with lines."""

    def __init__(self, path: Path, findings: tuple[Finding, ...]) -> None:
        """Put every mistake into the message: a user mends them in one go."""
        listing = "".join(f"\n  {f.place}: {f.message}; {f.remedy}" for f in findings)
        noun = "mistake" if len(findings) == 1 else "mistakes"
        super().__init__(f"{path} has {len(findings)} {noun}:{listing}")
        self.findings = findings


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan as it stands in a file.

    ``mistakes`` are unknown keys, wrong types and missing keys: what they should have set stands
    at its default in ``plan``. ``unreadable`` are the keys of those, ``lines`` where keys stand.
    """

    path: Path
    plan: RenderPlan
    mistakes: tuple[Finding, ...] = ()
    unreadable: frozenset[str] = frozenset()
    lines: Mapping[str, int] = field(default_factory=dict)

    def findings(self, picture: PictureRule = LTX) -> tuple[Finding, ...]:
        """Everything that is wrong with the plan, mistakes first, each with its line."""
        broken = violations(self.plan, picture, unreadable=self.unreadable)
        return (*self.mistakes, *located(broken, self.lines))


def load_plan(path: Path) -> RenderPlan:
    """Return the plan in the TOML file ``path``, ``~`` and relative paths as they were written.

    Raises ``UsageError`` where there is no such file or it is no TOML, and :class:`PlanError` with
    every mistake where a key is unknown, missing or of the wrong type. Values that have the right
    type but break a rule are left to :func:`compat.plan.validate.violations`.
    """
    file = read_plan_file(path)
    if file.mistakes:
        raise PlanError(path, file.findings())
    return file.plan


def read_plan_file(path: Path) -> PlanFile:
    """Read what can be read of the plan in ``path`` and list its mistakes; never half silent.

    Raises ``UsageError`` where there is no such file, or it is no TOML at all.
    """
    text = _text_of(path)
    reader = PlanReader()
    plan = reader.read(_parsed(text, path))
    lines = key_lines(text)
    return PlanFile(
        path=path,
        plan=plan,
        mistakes=located(tuple(reader.mistakes), lines),
        unreadable=frozenset(reader.unreadable),
        lines=lines,
    )


def located(findings: tuple[Finding, ...], lines: Mapping[str, int]) -> tuple[Finding, ...]:
    """Return ``findings`` with the line of each one's key in its place, where there is one."""
    return tuple(_located(finding, lines) for finding in findings)


def _located(finding: Finding, lines: Mapping[str, int]) -> Finding:
    line = line_of(finding.place.path, lines)
    if line is None:
        return finding
    place = dataclasses.replace(finding.place, detail=f"line {line}")
    return dataclasses.replace(finding, place=place)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            data = handle.read(LARGEST_PLAN_BYTES + 1)
    except FileNotFoundError as exc:
        raise UsageError(f"there is no plan {path}{_similar(path)}", "framegate init") from exc
    except OSError as exc:
        reason = exc.strerror or str(exc)
        raise UsageError(f"the plan {path} cannot be read: {reason.lower()}") from exc
    if len(data) > LARGEST_PLAN_BYTES:
        raise UsageError(f"{path} is larger than {LARGEST_PLAN_BYTES} bytes, too large for a plan")
    try:
        return data.decode("utf-8-sig")  # Windows Notepad puts a byte order mark in front
    except UnicodeDecodeError as exc:
        raise UsageError(
            f"{path} is not UTF-8 at byte {exc.start}, expected a TOML plan in UTF-8",
            "save it as UTF-8",
        ) from exc


def _similar(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.glob("*.toml")]
    except OSError:
        return ""
    near = difflib.get_close_matches(path.name, names, n=1)
    return f", did you mean {near[0]}?" if near else ""


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        reason = str(exc)
        raise UsageError(
            f"{path} is not TOML: {reason[:1].lower()}{reason[1:]}",
            "texts stand in double quotes, numbers do not; framegate init writes an example",
        ) from exc
    except (ValueError, RecursionError) as exc:  # a number of 5000 digits, brackets 1000 deep
        raise UsageError(f"{path} is not a plan: {exc}") from exc
