"""Where in a pipeline an operation was called: the module's path and the line of source."""

import sys
from types import FrameType, TracebackType
from typing import Any, Self

PASSED_OVER = ("torch", "runners", "accelerate")
"""Top packages whose lines say nothing about the model: the innermost line outside them counts."""


class CallSites:
    """While open, follows which of a pipeline's modules is running."""

    def __init__(self, pipeline: Any) -> None:
        """Learn the path of every module of every component."""
        self._paths = {
            id(module): f"{name}.{path}" if path else name
            for name, part in pipeline.components.items()
            if hasattr(part, "named_modules")
            for path, module in part.named_modules()
        }
        self._running: list[str] = []
        self._hooks: list[Any] = []

    def __enter__(self) -> Self:
        """Watch every module of the process."""
        from torch.nn.modules import module as hooks

        self._hooks = [
            hooks.register_module_forward_pre_hook(self._entered),
            hooks.register_module_forward_hook(self._left, always_call=True),
        ]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Watch no longer."""
        for hook in self._hooks:
            hook.remove()

    @property
    def module(self) -> str:
        """Path of the innermost module that runs now; empty outside all."""
        return next((path for path in reversed(self._running) if path), "")

    def _entered(self, module: Any, _inputs: Any) -> None:
        self._running.append(self._paths.get(id(module), ""))

    def _left(self, _module: Any, _inputs: Any, _output: Any) -> None:
        if self._running:
            self._running.pop()


def source_line() -> str:
    """File and line of the innermost caller outside torch and framegate, from its package on."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        package = frame.f_globals.get("__name__", "").partition(".")[0]
        if package not in PASSED_OVER:
            return f"{_from_package(frame, package)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _from_package(frame: FrameType, package: str) -> str:
    parts = frame.f_code.co_filename.replace("\\", "/").split("/")
    return "/".join(parts[parts.index(package) :]) if package in parts else parts[-1]
