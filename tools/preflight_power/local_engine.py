"""The preflight's engine without a process of its own, so that torch is imported once."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np

from compat.core.codec import from_data, to_data
from runners.child.rendering import RenderRole
from runners.engine import Engine
from runners.engines.messages import ClipAnswer, ClipRequest, OpenAnswer, OpenRequest
from runners.process import RemoteError

Edit = Callable[[Any], None]


class LocalEngine(Engine):
    """The real engine's messages and the real render role, called directly.

    ``edit`` gets the pipeline as soon as it is loaded, before anything looks at it.
    """

    def __init__(self, request: OpenRequest, edit: Edit = lambda _pipeline: None) -> None:
        """Prepare; nothing is loaded before ``open``."""
        super().__init__(request)
        self._role = RenderRole()
        self._edit = edit
        self._answer: OpenAnswer | None = None
        self.shown: list[tuple[ClipRequest, Any]] = []

    @property
    def warm(self) -> bool:
        """Whether the pipeline is loaded."""
        return self._answer is not None

    def open(self) -> OpenAnswer:
        """Load once; what is raised comes as a worker would send it."""
        if self._answer is None:
            with _edited_on_load(self._edit):
                data = self._remote("open", to_data(self.request), None)
            self._answer = from_data(OpenAnswer, data)
        return self._answer

    def clip(self, request: ClipRequest, on_progress: Any = None) -> ClipAnswer:
        """Render, and keep the frames that the preflight is about to delete."""
        answer = super().clip(request, on_progress)
        if request.frames_path:
            self.shown.append((request, np.load(request.frames_path)))
        return answer

    def close(self) -> None:
        """Forget the pipeline."""
        self._answer = None
        self._role = RenderRole()

    def _ask(
        self, operation: str, request: object, kind: Any, _seconds: float, on_progress: Any
    ) -> Any:
        return from_data(kind, self._remote(operation, to_data(request), on_progress))

    def _remote(self, operation: str, arguments: Any, on_progress: Any) -> Any:
        handler = getattr(self._role, operation.replace("-", "_"))
        try:
            return handler(arguments, on_progress or (lambda _message: None))
        except Exception as error:
            raise RemoteError(type(error).__name__, str(error), "") from error


def _edited_on_load(edit: Edit) -> ExitStack:
    """While open, every pipeline that diffusers loads passes through ``edit``."""
    import diffusers

    original = diffusers.DiffusionPipeline.__dict__["from_pretrained"]

    def from_pretrained(kind: Any, *args: Any, **kwargs: Any) -> Any:
        pipeline = original.__get__(None, kind)(*args, **kwargs)
        edit(pipeline)
        return pipeline

    stack = ExitStack()
    diffusers.DiffusionPipeline.from_pretrained = classmethod(from_pretrained)
    stack.callback(setattr, diffusers.DiffusionPipeline, "from_pretrained", original)
    return stack
