"""Runs one pass: the pipeline's own call on the pretended device, from noise to pixels."""

import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from compat.core.system import own_peak_memory_bytes
from compat.predict.model import Seen
from runners.engines.pretend.building import build
from runners.engines.pretend.call import arguments, core
from runners.engines.pretend.messages import PassRequest
from runners.engines.pretend.patches import present
from runners.engines.pretend.state import State
from runners.engines.pretend.words import place_of, torch_dtype


def run_pass(request: PassRequest) -> Seen:
    """What the pass saw, up to its end or to the error that stopped it.

    Raises what a class raises on its config: then there is nothing to see.
    """
    import diffusers
    import torch

    diffusers.utils.logging.set_verbosity_error()
    torch.manual_seed(0)
    began, clock = time.perf_counter(), time.process_time()
    with present(request.kind, request.capability):
        pipeline = build(request)
    state = State(request.kind, real_size=request.size == "real")
    stopped = stopped_at = ""
    try:
        with warnings.catch_warnings():
            # A library that warns goes on all the same.
            warnings.simplefilter("ignore")
            _on_device(pipeline, request, state)
    except Exception as exc:  # noqa: BLE001 - whatever the pipeline raises is the answer
        stopped = f"{type(exc).__name__}: {exc}"
        stopped_at = place_of(traceback.extract_tb(exc.__traceback__))
        traceback.print_exc()
    return Seen(
        size=request.size,
        pipeline=type(pipeline).__name__,
        classes={n: type(p).__name__ for n, p in pipeline.components.items() if p is not None},
        ops=tuple(state.recorder.ops()),
        calls=state.recorder.calls,
        weights=weight_bytes(pipeline),
        peaks=dict(state.ledger.peaks),
        stopped=stopped,
        stopped_at=stopped_at,
        seconds=time.perf_counter() - began,
        cpu_seconds=time.process_time() - clock,
        rss_bytes=own_peak_memory_bytes(),
    )


def weight_bytes(pipeline: Any) -> Mapping[str, int]:
    """Bytes of the weights of each component, as it was handed to the device."""
    return {
        name: sum(w.numel() * w.element_size() for w in part.parameters())
        for name, part in pipeline.components.items()
        if hasattr(part, "parameters")
    }


def _on_device(pipeline: Any, request: PassRequest, state: State) -> None:
    import torch

    from runners.engines.pretend.functions import Functions
    from runners.engines.pretend.operations import Operations

    named = arguments(pipeline, request)
    told = present(request.kind, request.capability)
    with torch.no_grad(), told, Functions(state), Operations(state):
        _move(pipeline, request)
        state.ledger.enter("denoise")
        with _decoding(pipeline, state):
            pipeline(**named)


def _move(pipeline: Any, request: PassRequest) -> None:
    import torch

    if request.storage and request.storage != request.dtype:
        core(pipeline).enable_layerwise_casting(
            storage_dtype=torch_dtype(request.storage), compute_dtype=torch_dtype(request.dtype)
        )
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    try:
        pipeline.to(request.kind)
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(False)


@contextmanager
def _decoding(pipeline: Any, state: State) -> Iterator[None]:
    """Count what happens from the decoder's call on under "decode"."""
    vae = getattr(pipeline, "vae", None)
    if vae is None:
        yield
        return
    decode = vae.decode

    def counted(*args: Any, **kwargs: Any) -> Any:
        state.ledger.enter("decode")
        return decode(*args, **kwargs)

    vae.decode = counted
    try:
        yield
    finally:
        del vae.decode
