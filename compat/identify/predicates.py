"""The conditions signatures are made of; each one detects and explains with the same code."""

import re
from dataclasses import dataclass, field

from compat.identify.model import Tensors

OTHER_WAN = ("vace_", "control_adapter.", "casual_audio_encoder.", "audio_proj.", "face_adapter.")
"""Keys by which ComfyUI tells Wan's relatives (VACE, camera, S2V, HuMo, Animate) from the plain
model, all of whose keys they share."""


@dataclass(frozen=True, slots=True)
class Has:
    """The tensor ``name`` is there."""

    name: str

    def missing(self, tensors: Tensors) -> list[str]:
        """Name the tensor where it is not there."""
        return [] if self.name in tensors else [f"no {self.name}"]


@dataclass(frozen=True, slots=True)
class HasNo:
    """No tensor's name begins with ``start``, which may be several beginnings."""

    start: str | tuple[str, ...]

    def missing(self, tensors: Tensors) -> list[str]:
        """Name the first tensor that should not be there."""
        found = next((name for name in tensors if name.startswith(self.start)), None)
        return [] if found is None else [f"has {found[:80]!a}"]


@dataclass(frozen=True, slots=True)
class Side:
    """Dimension ``axis`` of tensor ``name`` is one of ``sizes``; absent tensors do not fit."""

    name: str
    axis: int
    sizes: tuple[int, ...]

    def missing(self, tensors: Tensors) -> list[str]:
        """Say which size was found and which expected."""
        tensor = tensors.get(self.name)
        if tensor is None:
            return [f"no {self.name}"]
        wanted = " or ".join(map(str, self.sizes))
        if not -len(tensor.shape) <= self.axis < len(tensor.shape):
            shape = list(tensor.shape)[:8]
            return [f"{self.name} has shape {shape}, expected {wanted} on axis {self.axis}"]
        found = tensor.shape[self.axis]
        if found in self.sizes:
            return []
        return [f"{self.name} is {found} on axis {self.axis}, expected {wanted}"]


def side(name: str, axis: int, *sizes: int) -> Side:
    """Short for :class:`Side`."""
    return Side(name, axis, sizes)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Tensors called ``stem.N.`` count exactly ``count`` blocks, numbered from 0 without a gap."""

    stem: str
    count: int
    _pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile the pattern once."""
        pattern = re.compile(rf"{re.escape(self.stem)}\.(\d{{1,6}})\.")
        object.__setattr__(self, "_pattern", pattern)

    def missing(self, tensors: Tensors) -> list[str]:
        """Name the absent block, or the one too many."""
        hits = (self._pattern.match(name) for name in tensors)
        found = {int(hit[1]) for hit in hits if hit}
        if found == set(range(self.count)):
            return []
        absent = next((n for n in range(self.count) if n not in found), None)
        if absent is not None:
            return [f"no {self.stem}.{absent} of {self.count} blocks"]
        return [f"{self.stem} goes on to {max(found)}, expected {self.count} blocks"]


PREFIXES = ("model.diffusion_model.", "diffusion_model.", "transformer.", "net.", "unet.", "model.")
"""What loaders put before the names (ComfyUI and publishers' bundles, WanGP, training tools)."""


def without_prefix(tensors: Tensors) -> Tensors:
    """The tensors of the denoiser under bare names.

    Where some names begin with a known prefix, only those are kept and shortened, so that the VAE
    in a bundle does not disturb; else everything is kept as it is.
    """
    for prefix in PREFIXES:
        inside = {
            name.removeprefix(prefix): tensor
            for name, tensor in tensors.items()
            if name.startswith(prefix)
        }
        # One tensor under "model." is no bundle; a third of the file is.
        if inside and len(inside) * 3 >= len(tensors):
            return inside
    return tensors
