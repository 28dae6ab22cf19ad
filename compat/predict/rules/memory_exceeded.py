"""Renders that need more memory than the device has."""

from collections.abc import Iterator

from compat.core.model import Confidence, Finding, Place
from compat.predict.memory import CALLED, OFFLOADS, Memory, memory_of
from compat.predict.model import Asked, Expected, Seen
from compat.predict.rule import SEVERITY, rule

GIB = 1 << 30
WITH = {
    "none": "everything", "model": "one component at a time", "sequential": "one layer at a time",
}  # fmt: skip
AND = {
    Expected.FAILS: "which has", Expected.UNKNOWN: "and takes more in practice; it has",
}  # fmt: skip
OVERHEAD = 1.3
"""What a real run needs beyond weights and live activations: Wan's autoencoder on a CPU took 1,194
MiB where 919 MiB were live (torch 2.15, float32)."""


@rule("memory-exceeded")
def memory_exceeded(seen: Seen, asked: Asked) -> Iterator[Finding]:
    """Weights and live activations alone are more than the device has, or nearly so.

    What was added up is a lower bound, so that "more" is sure and "fits" is never said.
    """
    if asked.memory_bytes is None or seen.size != "real":
        return
    memory = memory_of(seen, asked)
    for phase, needed in memory.with_offload(asked.offload).items():
        if needed > asked.memory_bytes:
            yield _finding("memory-exceeded", Expected.FAILS, phase, memory, asked)
        elif needed * OVERHEAD > asked.memory_bytes:
            yield _finding("memory-tight", Expected.UNKNOWN, phase, memory, asked)


def _finding(
    identifier: str, expected: Expected, phase: str, memory: Memory, asked: Asked
) -> Finding:
    needed, has = memory.with_offload(asked.offload)[phase], asked.memory_bytes or 0
    offloaded = memory.offloaded[phase]
    return Finding(
        rule=identifier,
        severity=SEVERITY[expected],
        confidence=Confidence.HIGH if expected is Expected.FAILS else Confidence.LOW,
        message=f"{CALLED[phase]} needs at least {needed / GIB:.1f} GiB with "
        f"{WITH[asked.offload]} on {asked.name}, {AND[expected]} {has / GIB:.1f} GiB",
        place=Place(kind="device", path=asked.name, detail=phase),
        remedy=_remedy(phase, memory, asked),
        evidence={
            "expected": expected.value,
            "phase": phase,
            "bytes": needed,
            "offloaded_bytes": offloaded,
            "has_bytes": has,
        },
    )


def _remedy(phase: str, memory: Memory, asked: Asked) -> str:
    has = asked.memory_bytes or 0
    further = OFFLOADS[OFFLOADS.index(asked.offload) + 1 :]
    for offload in further:
        lower = memory.with_offload(offload)[phase]
        if lower <= has:
            return f'offload = "{offload}" lowers it to {lower / GIB:.1f} GiB at least'
    if phase == "decode":
        return "decode in tiles (vae.enable_tiling), or render a smaller or shorter clip"
    if phase == "encode":
        return "run the text encoders on the CPU, or take quantised ones"
    return "take a quantised or smaller model, or render a smaller or shorter clip"
