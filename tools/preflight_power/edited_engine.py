"""An engine whose pipeline is changed as soon as it is loaded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from runners.engines.messages import ClipAnswer, ClipRequest, OpenAnswer, OpenRequest
from tools.local_engine import LocalEngine

Edit = Callable[[Any], None]


class EditedEngine(LocalEngine):
    """``edit`` gets the pipeline before anything looks at it; ``shown`` keeps what was drawn."""

    def __init__(self, request: OpenRequest, edit: Edit = lambda _pipeline: None) -> None:
        """Prepare; nothing is loaded before ``open``."""
        super().__init__(request)
        self._edit = edit
        self.shown: list[tuple[ClipRequest, Any]] = []

    def open(self) -> OpenAnswer:
        """Load once and edit."""
        with _edited_on_load(self._edit):
            return super().open()

    def clip(self, request: ClipRequest, on_progress: Any = None) -> ClipAnswer:
        """Render, and keep the frames that the preflight is about to delete."""
        answer = super().clip(request, on_progress)
        if request.frames_path:
            self.shown.append((request, np.load(request.frames_path)))
        return answer


@contextmanager
def _edited_on_load(edit: Edit) -> Iterator[None]:
    """While open, every pipeline that diffusers loads passes through ``edit``."""
    import diffusers

    original = diffusers.DiffusionPipeline.__dict__["from_pretrained"]

    def from_pretrained(kind: Any, *args: Any, **kwargs: Any) -> Any:
        pipeline = original.__get__(None, kind)(*args, **kwargs)
        edit(pipeline)
        return pipeline

    diffusers.DiffusionPipeline.from_pretrained = classmethod(from_pretrained)
    try:
        yield
    finally:
        diffusers.DiffusionPipeline.from_pretrained = original
