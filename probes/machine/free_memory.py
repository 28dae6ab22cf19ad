"""The memory that is left, also within a container."""

from collections.abc import Iterator

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import fault
from probes.machine.memory_room import rooms

_MIB = 1 << 20
# Peak resident memory of the smallest renders there are, tiny pipelines of seven families with
# torch 2.13 and diffusers 0.42 on Linux: from 450 MiB (AnimateDiff, VmHWM) to 900.
_TINY_RENDER_MIB = 900
# The smallest real one: LTX 2B in bfloat16 without its text encoder has 1.92e9 weights of 2 bytes
# and peaks at 5.1 GiB while denoising 704 x 512 x 121 (docs/predict.md).
_REAL_RENDER_MIB = 5300


@probe("free-memory", family="machine", needs=Needs())
def free_memory(session: Session) -> Iterator[Finding]:
    """There is memory enough for a small render.

    Where it ends, Linux kills the process without a word ("Killed", exit 137) and macOS swaps until
    nothing moves. In a container (Docker, RunPod, Colab) the limit is the container's and not the
    machine's, which ``free`` shows: both are looked at. Close other programs, raise the container's
    limit, or use offloading and a quantised model.
    """
    found = rooms()
    if not found:
        session.skip("this system does not tell how much memory is left")
    for room in found:
        session.measure(f"free MiB of {room.of}", room.free // _MIB)
        session.measure(f"limit MiB of {room.of}", room.limit // _MIB)
    tightest = found[0]
    needs = ((_TINY_RENDER_MIB, Severity.HIGH), (_REAL_RENDER_MIB, Severity.MEDIUM))
    for mebibytes, severity in needs:
        if tightest.free < mebibytes * _MIB:
            text = (
                f"{tightest.free // _MIB} MiB of memory are free in {tightest.of}, at least "
                f"{mebibytes} are expected"
            )
            evidence = {"free_bytes": tightest.free, "limit_bytes": tightest.limit}
            yield fault(
                session,
                "memory-low",
                text,
                severity=severity,
                remedy="close other programs, or raise the limit of the container",
                evidence=evidence,
            )
            return
