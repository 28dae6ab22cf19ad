"""The predicting role of a worker: one pass of a pipeline on a device that is not there."""

from collections.abc import Mapping
from typing import Any

from compat.core.codec import from_data, to_data
from runners.engines.pretend.messages import PassRequest
from runners.worker import Emit, Handler


def versions(_arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Versions of torch and diffusers in this interpreter; ``missing`` says what is not there."""
    from compat.backends.backend import import_framework

    found: dict[str, Any] = {"missing": ""}
    for name in ("torch", "diffusers"):
        module, reason = import_framework(name)
        if module is None:
            return {"missing": reason}
        found[name] = str(module.__version__).partition("+")[0]
    return found


def run(arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
    """Run one pass and say what it saw."""
    from runners.engines.pretend.passing import run_pass

    return dict(to_data(run_pass(from_data(PassRequest, arguments))))


HANDLERS: Mapping[str, Handler] = {"versions": versions, "pass": run}
