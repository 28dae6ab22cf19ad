"""The engine without a process of its own, so that torch is imported once."""

from typing import Any

from compat.core.codec import from_data, to_data
from runners.child.rendering import RenderRole
from runners.engine import Engine
from runners.engines.messages import OpenAnswer, OpenRequest
from runners.process import RemoteError


class LocalEngine(Engine):
    """The real engine's messages and the real render role, called directly.

    Everything passes through JSON-ready data, and what is raised comes as a worker would send it.
    """

    def __init__(self, request: OpenRequest) -> None:
        """Prepare; nothing is loaded before ``open``."""
        super().__init__(request)
        self.role = RenderRole()
        self.opened: OpenAnswer | None = None

    @property
    def warm(self) -> bool:
        """Whether the pipeline is loaded."""
        return self.opened is not None

    def open(self) -> OpenAnswer:
        """Load once."""
        if self.opened is None:
            self.opened = from_data(OpenAnswer, self._answered("open", self.request, None))
        return self.opened

    def close(self) -> None:
        """Forget the pipeline."""
        self.opened = None
        self.role = RenderRole()

    def _ask(
        self, operation: str, request: object, kind: Any, _seconds: float, on_progress: Any
    ) -> Any:
        return from_data(kind, self._answered(operation, request, on_progress))

    def _answered(self, operation: str, request: object, on_progress: Any) -> Any:
        handler = getattr(self.role, operation.replace("-", "_"))
        arguments: Any = to_data(request)
        try:
            return handler(arguments, on_progress or (lambda _message: None))
        except Exception as error:
            raise RemoteError(type(error).__name__, str(error), "") from error
