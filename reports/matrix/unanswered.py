"""Says why there is no evidence for a cell."""

from collections.abc import Iterable, Mapping

from compat.backends.environment import PACKAGES
from compat.core.model import Device, Environment
from reports.matrix.model import Question

NEVER = "never run here"

_PACKAGES_OF: Mapping[str, tuple[str, ...]] = {
    # mlx alone is the package on a Mac; on Linux it comes with one of the others.
    "mlx": ("mlx", "mlx-cpu", "mlx-metal"),
    "optimum": ("optimum-quanto",),
}
"""Distributions that bring a module where they are not called like it."""


def why_unanswered(question: Question, device: Device, environment: Environment) -> str:
    """One sentence: the device, a missing package, missing material, or that nobody ran it."""
    if device.unavailable:
        return device.unavailable
    if missing := missing_modules(question, environment.packages):
        return f"{missing[0]} is not installed"
    if question.cell.subject:
        return f"{question.cell.subject} was not named"
    return NEVER


def missing_modules(question: Question, packages: Mapping[str, str]) -> list[str]:
    """The modules a cell needs that the environment lacks for certain, as they are imported."""
    needed = (*question.probe.needs.modules, *question.cell.modules)
    return [module for module in needed if _lacks(module, packages)]


def _lacks(module: str, packages: Mapping[str, str]) -> bool:
    top = module.partition(".")[0]
    names = _PACKAGES_OF.get(top, (top,))
    # An environment records these packages alone: the absence of any other says nothing.
    recorded = any(name in PACKAGES for name in names)
    return recorded and bool(packages) and not any(name in packages for name in names)


def device_of(kind: str, devices: Iterable[Device]) -> Device:
    """The first device of a kind; one that says so where the environment names none.

    A ROCm card answers for ``cuda``, as torch calls it that too.
    """
    first = [device for device in devices if device.index == 0]
    kinds = ("cuda", "rocm") if kind == "cuda" else (kind,)
    usable = [d for d in first if d.kind in kinds and not d.unavailable]
    named = usable or [d for d in first if d.kind in kinds]
    return named[0] if named else Device(kind=kind, unavailable=f"no {kind} device is known of")
