"""Renders a tiny clip while every operation is shadowed on the processor."""

import time
from collections.abc import Callable
from typing import Any

from runners.engines.clip import render_clip
from runners.engines.parity_messages import ParityAnswer, ParityRequest
from runners.engines.saving import ToFrames

EVERY = 200
"""Progress is told after this many results: some ten times a second."""


def shadowed_clip(
    pipeline: Any,
    request: ParityRequest,
    *,
    device: str,
    convert: ToFrames,
    emit: Callable[[dict[str, object]], None],
) -> ParityAnswer:
    """Render ``request.clip`` in the shadow of the processor; raises what the pipeline raises."""
    from runners.engines.call_sites import CallSites
    from runners.engines.shadow import Shadow

    def tick(compared: int) -> None:
        if compared % EVERY == 0:
            emit({"compared": compared})

    started = time.perf_counter()
    with CallSites(pipeline) as sites:
        shadow = Shadow(sites, request.most, tick)
        with shadow.mode():
            render_clip(
                pipeline, request.clip, device=device, convert=convert, emit=lambda _step: None
            )
    return ParityAnswer(
        compared=shadow.compared,
        worst_eps={name: round(eps, 3) for name, eps in sorted(shadow.worst_eps.items())},
        not_compared=dict(sorted(shadow.not_compared.items())),
        divergences=tuple(shadow.divergences),
        found=shadow.found,
        seconds=time.perf_counter() - started,
    )
