"""The loader and the device that weights are meant for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from compat.core.errors import UsageError

DEVICES = ("cpu", "cuda", "rocm", "mps", "mlx")
_CARD = re.compile(r"sm_(\d{1,3})(\d)[a-z]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A device: its kind, its CUDA compute capability (None where not given), installed versions.

    An empty ``kind`` means that nobody has said where the model will run.
    """

    kind: str = ""
    capability: float | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Write the device the way messages name it."""
        if self.kind in ("mps", "rocm") and "torch" in self.versions:
            return f"{self.kind} with torch {self.versions['torch']}"
        card = "" if self.capability is None else f" of capability {self.capability:g}"
        return f"{self.kind}{card}"


def device_named(text: str, versions: Mapping[str, str]) -> Where:
    """Read ``cpu``, ``cuda``, ``cuda:0``, ``cuda:sm_89``, ``rocm``, ``mps`` or ``mlx``.

    ``UsageError`` for anything else. Only ``sm_NN`` tells the card's capability.
    """
    kind, _, detail = text.partition(":")
    card = _CARD.fullmatch(detail)
    if kind not in DEVICES or (detail and not (detail.isdigit() or (card and kind == "cuda"))):
        raise UsageError(f"{text!r} is no device", f"name one of {', '.join(DEVICES)}, cuda:sm_89")
    capability = float(f"{card[1]}.{card[2]}") if card else None
    return Where(kind=kind, capability=capability, versions=versions)
