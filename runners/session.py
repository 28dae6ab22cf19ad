"""Everything that a preflight or a render of one plan needs, resolved once and kept warm."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from compat.core.errors import UsageError
from compat.core.model import Device, Environment
from compat.plan.model import EMBEDDED, RenderPlan
from runners.embedded import embedded_model
from runners.engine import Engine
from runners.engines.messages import OpenRequest

PREFERENCE = ("cuda", "rocm", "mps", "cpu")
"""Order in which "auto" picks a device."""


class AbsentDeviceError(UsageError):
    """The device that was named is not one this machine can use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One plan on one machine; ``plan`` has no "auto" left in it."""

    plan: RenderPlan
    folder: Path
    output: Path
    environment: Environment
    engine: Engine

    @property
    def device(self) -> str:
        """The device in torch's words."""
        return self.engine.request.device


def open_session(
    plan: RenderPlan,
    environment: Environment,
    *,
    base: Path,
    folder: Path | None = None,
    fault: str = "",
) -> Session:
    """Resolve paths against ``base``, pick device and dtype, and prepare an engine (unopened).

    ``folder`` replaces the plan's model (the demo's broken copies). Raises ``UsageError`` where the
    model folder or the device is not there.
    """
    model = folder or model_folder(plan.model.path, base)
    device = pick_device(plan.model.device, environment)
    dtype = pick_dtype(plan.model.dtype, device)
    settled = replace(plan, model=replace(plan.model, device=torch_name(device), dtype=dtype))
    request = OpenRequest(
        folder=str(model),
        device=torch_name(device),
        dtype=dtype,
        offload=plan.model.offload,
        fault=fault,
    )
    return Session(
        plan=settled,
        folder=model,
        output=expanded(plan.output.path, base),
        environment=environment,
        engine=Engine(request),
    )


def model_folder(path: str, base: Path) -> Path:
    """The folder the plan means; ``UsageError`` where there is none."""
    if path == EMBEDDED:
        return embedded_model()
    folder = expanded(path, base)
    if not folder.is_dir():
        raise UsageError(
            f"model.path {folder} is not a folder",
            "name a diffusers folder (it holds model_index.json), or 'embedded'",
        )
    return folder


def expanded(path: str, base: Path) -> Path:
    """``path`` relative to ``base``, with ``~`` resolved; ``UsageError`` for an unknown user."""
    try:
        return (base / Path(path).expanduser()).absolute()
    except RuntimeError as exc:
        raise UsageError(
            f"{path} names the home of a user that is not here", "write it out"
        ) from exc


def pick_device(wanted: str, environment: Environment) -> Device:
    """The device the plan means; "auto" takes the best that is there."""
    usable = [device for device in environment.devices if not device.unavailable]
    if wanted == "auto":
        for kind in PREFERENCE:
            for device in usable:
                if device.kind == kind:
                    return device
    if (found := find_device(wanted, usable)) is not None:
        return found
    kinds = _kinds(wanted)
    reasons = [d.unavailable for d in environment.devices if d.kind in kinds and d.unavailable]
    raise AbsentDeviceError(
        f"device {wanted} cannot be used: {reasons[0] if reasons else 'there is none'}",
        "framegate doctor lists the devices of this machine",
    )


def find_device(name: str, devices: Iterable[Device]) -> Device | None:
    """The device that torch calls ``name`` ("cpu", "cuda:1", "mps"); None where it is not there."""
    index = name.partition(":")[2] or "0"
    for device in devices:
        if device.kind in _kinds(name) and str(device.index) == index:
            return device
    return None


def _kinds(name: str) -> tuple[str, ...]:
    kind = name.partition(":")[0]
    return ("cuda", "rocm") if kind == "cuda" else (kind,)


def torch_name(device: Device) -> str:
    """The device in torch's words: ROCm cards are called cuda there."""
    if device.kind in ("cuda", "rocm"):
        return f"cuda:{device.index}"
    return device.kind


def pick_dtype(wanted: str, device: Device) -> str:
    """The dtype the plan means; "auto" is float32 on a CPU, bfloat16 where it is native.

    CUDA cards before Ampere (capability 8.0) only emulate bfloat16, so they get float16.
    """
    if wanted != "auto":
        return wanted
    if device.kind == "cpu":
        return "float32"
    if device.kind == "cuda" and device.capability:
        number = device.capability.removeprefix("sm_")
        if number.isdigit() and int(number) < 80:
            return "float16"
    return "bfloat16"
