"""Runs one pass: the pipeline's own call on the pretended device, from noise to pixels."""

import time
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from compat.core.system import own_peak_memory_bytes
from compat.predict.model import Seen
from runners.engines.pretend.building import build, text_encoders
from runners.engines.pretend.call import arguments, core, encoders_of
from runners.engines.pretend.messages import PassRequest
from runners.engines.pretend.patches import present
from runners.engines.pretend.state import State
from runners.engines.pretend.words import place_of, torch_dtype

NOT_RUN = "text encoders are not run, and their memory is not counted"

CHECK = "check_inputs"
"""The method in which every pipeline of diffusers looks at what it was asked for."""


def run_pass(request: PassRequest) -> Seen:
    """What the pass saw, up to its end or to the error that stopped it.

    Where text encoders cannot be run the pass goes without them, and a note says so. Raises what a
    class raises on its config: then there is nothing to see.
    """
    if not request.encodes or not text_encoders(request):
        return replace(_run(replace(request, encodes=False)), notes=(NOT_RUN,))
    try:
        seen = _run(request)
    except Exception as exc:  # noqa: BLE001 - a config may be of another version of transformers
        reason = f"{type(exc).__name__}: {exc}"
    else:
        if not (seen.stopped and _only_encoded(seen)):
            return seen
        reason = f"{seen.stopped} at {seen.stopped_at}"
    note = f"{NOT_RUN} ({' '.join(reason.split())[:200]})"
    return replace(_run(replace(request, encodes=False)), notes=(note,))


def _only_encoded(seen: Seen) -> bool:
    """Whether a pass ended while it read the prompt, which is none of the network's business."""
    return not seen.refused and not {"denoise", "decode"} & seen.peaks.keys()


def _run(request: PassRequest) -> Seen:
    import diffusers
    import torch

    diffusers.utils.logging.set_verbosity_error()
    torch.manual_seed(0)
    began, clock = time.perf_counter(), time.process_time()
    with present(request.kind, request.capability, request.arch):
        pipeline = build(request)
    state = State(request.kind, real_size=request.size == "real")
    stopped = stopped_at = ""
    refused = False
    try:
        with warnings.catch_warnings():
            # A library that warns goes on all the same.
            warnings.simplefilter("ignore")
            _on_device(pipeline, request, state)
    except Exception as exc:  # noqa: BLE001 - whatever the pipeline raises is the answer
        stopped = f"{type(exc).__name__}: {exc}"
        frames = traceback.extract_tb(exc.__traceback__)
        stopped_at = place_of(frames)
        refused = any(frame.name == CHECK for frame in frames)
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
        refused=refused,
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
    told = present(request.kind, request.capability, request.arch)
    with torch.no_grad(), told, Functions(state), Operations(state):
        _move(pipeline, request)
        state.ledger.enter("encode" if encoders_of(pipeline) else "denoise")
        with _denoising(pipeline, state), _decoding(pipeline, state):
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
    for name in encoders_of(pipeline):
        # A real move keeps shared weights shared; this one has made two of each.
        getattr(pipeline, name).tie_weights()


@contextmanager
def _denoising(pipeline: Any, state: State) -> Iterator[None]:
    """Count what happens under "denoise" once the prompt is encoded and noise is asked for."""

    def begin(*_: Any) -> None:
        if state.ledger.phase == "encode":
            state.ledger.enter("denoise")

    prepare = pipeline.prepare_latents

    def counted(*args: Any, **kwargs: Any) -> Any:
        begin()
        return prepare(*args, **kwargs)

    pipeline.prepare_latents = counted
    hook = core(pipeline).register_forward_pre_hook(begin)
    try:
        yield
    finally:
        hook.remove()
        del pipeline.prepare_latents


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
