"""There is room for the weights in memory and for the result on disk."""

import shutil
from pathlib import Path

from compat.core.model import Finding, Place, Severity
from compat.core.system import free_memory_bytes
from compat.plan.estimate import disk_bytes
from compat.plan.schedule import schedule
from runners.preflight.context import Answer, Context, Step
from runners.preflight.weights import element_count
from runners.session import find_device

BYTES_OF_DTYPE = {"float32": 4, "bfloat16": 2, "float16": 2}
MIB = 1 << 20


def check_resources(context: Context) -> Answer:
    """Free memory holds the weights and free disk holds latents, segments and the MP4."""
    weights = weight_bytes(context)
    disk_needed = disk_bytes(schedule(context.job.plan), context.job.plan)
    disk_free = shutil.disk_usage(existing_parent(context.job.output)).free
    memory_free = _free_memory(context)
    findings = []
    if weights > memory_free:
        findings.append(_too_little(context, "memory", weights, memory_free))
    if disk_needed > disk_free:
        findings.append(_too_little(context, "disk", disk_needed, disk_free))
    measures = {
        "weight_bytes": weights,
        "memory_free_bytes": memory_free,
        "disk_needed_bytes": disk_needed,
        "disk_free_bytes": disk_free,
    }
    return Answer(findings=tuple(findings), measures=measures)


def weight_bytes(context: Context) -> int:
    """Bytes the weights take once loaded in the planned dtype, from the file headers alone."""
    return element_count(context.job.folder) * BYTES_OF_DTYPE[context.job.dtype]


def existing_parent(path: Path) -> Path:
    """The nearest folder above ``path`` that exists."""
    return next(parent for parent in path.absolute().parents if parent.exists())


def _free_memory(context: Context) -> int:
    if context.job.device == "cpu" or context.job.plan.model.offload != "none":
        return free_memory_bytes()
    found = find_device(context.job.device, context.job.environment.devices)
    # 0 means that the backend could not tell; the machine's own is then the only bound.
    return (found.memory_bytes if found else 0) or free_memory_bytes()


def _too_little(context: Context, what: str, needed: int, free: int) -> Finding:
    place = context.job.device if what == "memory" else str(context.job.output.parent)
    remedy = (
        "use bfloat16, a quantised model, or model.offload = 'model'"
        if what == "memory"
        else "free some space or name an output on another disk"
    )
    return Finding(
        rule=f"too-little-{what}",
        severity=Severity.HIGH,
        message=f"{needed // MIB} MiB of {what} are needed, {free // MIB} MiB are free",
        place=Place(kind="device", path=place),
        remedy=remedy,
        evidence={"needed_bytes": needed, "free_bytes": free},
    )


STEP = Step(
    id="resources", title="memory and disk suffice", run=check_resources, needs=("plan", "files")
)
