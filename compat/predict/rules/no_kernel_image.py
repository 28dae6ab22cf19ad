"""Cards that the wheels of a version of torch hold no kernels for."""

from collections.abc import Iterator, Sequence

from compat.backends.build_facts import Build, builds_of
from compat.core.model import Confidence, Finding
from compat.predict.model import Asked, Expected, Seen
from compat.predict.rule import found, rule

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
    yield found(
        "no-kernel-image",
        Expected.FAILS,
        seen.ops[:1],
        f"torch {asked.torch}+{taken.name} holds no kernels for {asked.name}",
        remedy=_remedy(asked, fitting),
        confidence=Confidence.HIGH if taken.checked == "read" else Confidence.MEDIUM,
        error=ERRORS[asked.kind],
        source=taken.source,
        builds=fitting,
    )


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


def _remedy(asked: Asked, others: Sequence[str]) -> str:
    if others:
        return (
            f"install {' or '.join(others)} from download.pytorch.org, and name it as in "
            f"--torch {asked.torch}+{others[0]}"
        )
    if asked.kind == "rocm":
        return (
            "take the wheels of AMD for this card, or have it pass for one of its family "
            "(HSA_OVERRIDE_GFX_VERSION), which nobody vouches for"
        )
    return "take a version of torch whose wheels have this card"
