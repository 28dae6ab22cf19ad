"""Tensors that are asked for their numpy array while they are on the device."""

from collections.abc import Iterator

from compat.core.model import Confidence, Finding
from compat.predict.model import Asked, Expected, Seen
from compat.predict.rule import found, rule


@rule("numpy-on-device")
def numpy_on_device(seen: Seen, asked: Asked) -> Iterator[Finding]:
    """A tensor on a device has no numpy array: the code has to move it to the CPU first."""
    ops = [op for op in seen.ops if op.op == "aten::numpy"]
    if ops:
        yield found(
            "numpy-on-device",
            Expected.FAILS,
            ops,
            f"asks a tensor on {asked.name} for its numpy array",
            remedy="the code must call .cpu() first; a newer version of that library may",
            confidence=Confidence.HIGH,
            error=f"can't convert {asked.kind}:0 device type tensor to numpy.",
        )
