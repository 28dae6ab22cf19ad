"""The parity role of a worker: a loaded pipeline whose every operation is shadowed."""

from collections.abc import Callable, Mapping
from typing import Any

from compat.core.codec import from_data, to_data
from runners.child.rendering import RenderRole
from runners.engines.parity_messages import ParityRequest

Emit = Callable[[dict[str, object]], None]


class ParityRole(RenderRole):
    """What the render role does, and ``parity``."""

    def parity(self, arguments: dict[str, Any], emit: Emit) -> dict[str, Any]:
        """Render one clip in the shadow of the processor."""
        from runners.engines.parity import shadowed_clip
        from runners.engines.runtime_faults import save_function

        held = self._held()
        answer = shadowed_clip(
            held.pipeline,
            from_data(ParityRequest, arguments),
            device=held.request.device,
            convert=save_function(held.request.fault),
            emit=emit,
        )
        return dict(to_data(answer))


_ROLE = ParityRole()

HANDLERS: Mapping[str, Callable[[dict[str, Any], Emit], dict[str, Any]]] = {
    "open": _ROLE.open,
    "parity": _ROLE.parity,
}
