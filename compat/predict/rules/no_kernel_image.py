"""Cards that the wheels of a version of torch hold no kernels for."""

from collections.abc import Iterator, Sequence

from compat.backends.build_facts import Build, builds, builds_of
from compat.core.model import Confidence, Finding, Place
from compat.predict.model import Asked, Expected, Seen
from compat.predict.rule import SEVERITY, rule

MOST_NAMED = 3
"""Other wheels that a remedy names."""

ERRORS = {
    "cuda": "CUDA error: no kernel image is available for execution on the device",
    "rocm": "HIP error: invalid device function",
}


@rule("no-kernel-image")
def no_kernel_image(seen: Seen, asked: Asked) -> Iterator[Finding]:
    """A wheel without kernels for the card fails at the first operation, whatever the model is.

    With a build that was named ("2.13.0+cu126") that one is asked, else the one that pip takes.
    Nothing is said of builds that are not on record: distributions and vendors make their own.
    """
    card = _card(asked)
    known = builds_of(asked.kind, asked.torch)
    fitting = [one.name for one in known if card and one.has(card)]
    taken = _taken(known, fitting, asked.build)
    if not card or taken is None or taken.name in fitting or not seen.ops:
        return
    yield Finding(
        rule="no-kernel-image",
        severity=SEVERITY[Expected.FAILS],
        confidence=Confidence.HIGH if taken.checked == "read" else Confidence.MEDIUM,
        message=f"torch {asked.torch}+{taken.name} holds no kernels for {asked.name}: the first "
        "operation fails",
        place=Place(kind="device", path=asked.name),
        remedy=_remedy(asked, card, fitting),
        evidence={
            "expected": Expected.FAILS.value, "ops": [], "error": ERRORS[asked.kind],
            "source": taken.source, "builds": fitting,
        },
    )  # fmt: skip


def _card(asked: Asked) -> str:
    if asked.capability is None:
        return asked.arch
    return f"{asked.capability:.1f}"


def _taken(known: Sequence[Build], fitting: Sequence[str], name: str) -> Build | None:
    """The build that is asked about; None where it is not on record.

    Where it is not known which one pip takes, it must be none of all that has the card.
    """
    if name:
        return next((one for one in known if one.name == name), None)
    certain = bool(known) and (known[0].default or not fitting)
    return known[0] if certain else None


def _remedy(asked: Asked, card: str, fitting: Sequence[str]) -> str:
    if fitting:
        return (
            f"install {' or '.join(fitting)} from download.pytorch.org, and name it as in "
            f"--torch {asked.torch}+{fitting[0]}"
        )
    others = [f"torch {one.torch} ({one.name})" for one in builds() if _fits(one, asked.kind, card)]
    if others:
        return f"take one that has them: {'; '.join(others[:MOST_NAMED])}"
    if asked.kind == "rocm":
        return (
            "take the wheels of AMD for this card, or have it pass for one of its family "
            "(HSA_OVERRIDE_GFX_VERSION), which nobody vouches for"
        )
    return "no wheel on record has this card"


def _fits(build: Build, kind: str, card: str) -> bool:
    return build.kind == kind and build.has(card)
