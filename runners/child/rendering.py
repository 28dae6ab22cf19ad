"""The render role of a worker: one loaded pipeline and what may be asked of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compat.core.codec import from_data, to_data
from runners.engines.messages import (
    ClipRequest,
    DecodeRequest,
    MasksAnswer,
    OpenRequest,
    OwnPictureReply,
    OwnPictureRequest,
    PartsAnswer,
    PartsRequest,
    PathAnswer,
    SavePathAnswer,
    SavePathRequest,
    VaeAnswer,
    VaeRequest,
    WindowRequest,
)

if TYPE_CHECKING:
    from runners.engines.capture import Call

Emit = Callable[[dict[str, object]], None]


@dataclass(frozen=True, slots=True)
class _Open:
    """The pipeline this worker holds, how it was asked for, and what its last clip's parts did."""

    pipeline: Any
    request: OpenRequest
    calls: "dict[str, Call]" = field(default_factory=dict)


class RenderRole:
    """Answers requests about one pipeline, which stays loaded between them."""

    def __init__(self) -> None:
        """Hold nothing yet; ``open`` loads."""
        self._open: _Open | None = None

    def open(self, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
        """Load a pipeline; a second call replaces the first."""
        from runners.engines.loading import load_pipeline
        from runners.engines.runtime_faults import break_pipeline

        request = from_data(OpenRequest, arguments)
        self._open = None
        pipeline, answer = load_pipeline(request)
        break_pipeline(pipeline, request.fault)
        self._open = _Open(pipeline, request)
        return dict(to_data(answer))

    def clip(self, arguments: dict[str, Any], emit: Emit) -> dict[str, Any]:
        """Render one clip."""
        from runners.engines.capture import CallTap
        from runners.engines.clip import render_clip
        from runners.engines.runtime_faults import save_function, step_fault

        held = self._held()
        request = from_data(ClipRequest, arguments)
        calls = CallTap(held.pipeline) if request.capture else None
        answer = render_clip(
            held.pipeline,
            request,
            device=held.request.device,
            convert=save_function(held.request.fault),
            emit=emit,
            fault=step_fault(held.request.fault),
            calls=calls,
        )
        if calls is not None:
            held.calls.clear()
            held.calls.update(calls.calls)
        return dict(to_data(answer))

    def parts(self, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
        """Compute again on the CPU what the captured parts computed."""
        from runners.engines.cpu_reference import compare_parts

        started = time.perf_counter()
        request = from_data(PartsRequest, arguments)
        found = compare_parts(self._held().calls, request.memory_bytes)
        return dict(to_data(PartsAnswer(parts=tuple(found), seconds=time.perf_counter() - started)))

    def masks(self, _arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
        """Change what the captured calls' masks hide."""
        from runners.engines.masks import ask_masks

        held = self._held()
        return dict(to_data(MasksAnswer(parts=tuple(ask_masks(held.calls, held.pipeline)))))

    def vae(self, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
        """Send the known clip through the VAE."""
        from runners.engines.known_clip import ask_vae

        started = time.perf_counter()
        held, request = self._held(), from_data(VaeRequest, arguments)
        clip = ask_vae(
            getattr(held.pipeline, "vae", None),
            frames=request.frames,
            height=request.height,
            width=request.width,
            device=held.request.device,
        )
        return dict(to_data(VaeAnswer(clip=clip, seconds=time.perf_counter() - started)))

    def window(self, arguments: dict[str, Any], emit: Emit) -> dict[str, Any]:
        """Denoise one window of the LTX loop."""
        from runners.engines.ltx_window import denoise_window

        held = self._held()
        request = from_data(WindowRequest, arguments)
        answer = denoise_window(held.pipeline, request, device=held.request.device, emit=emit)
        return dict(to_data(answer))

    def decode(self, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
        """Decode a chunk of LTX latents."""
        from runners.engines.ltx_decode import decode_chunk
        from runners.engines.runtime_faults import save_function

        held = self._held()
        answer = decode_chunk(
            held.pipeline,
            from_data(DecodeRequest, arguments),
            device=held.request.device,
            convert=save_function(held.request.fault),
        )
        return dict(to_data(answer))

    def save_path(self, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
        """Push two frames of the model's dtype through the save path."""
        import torch

        from runners.engines.runtime_faults import save_function

        held = self._held()
        request = from_data(SavePathRequest, arguments)
        ramp = torch.linspace(0, 1, 6 * request.width * request.height)
        video = ramp.view(2, 3, request.height, request.width)
        given = video.to(device=held.request.device, dtype=getattr(torch, held.request.dtype))
        frames = save_function(held.request.fault)(given)
        expected = (video * 255).permute(0, 2, 3, 1).numpy()
        answer = SavePathAnswer(
            shape=tuple(frames.shape),
            largest_difference=float(abs(frames.astype("float32") - expected).max()),
        )
        return dict(to_data(answer))

    def decode_path(self, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
        """Let the pipeline decode latents that are known."""
        from runners.engines.decode_path import ask_decode_path

        started = time.perf_counter()
        held, request = self._held(), from_data(ClipRequest, arguments)
        path = ask_decode_path(held.pipeline, request, device=held.request.device)
        return dict(to_data(PathAnswer(path=path, seconds=time.perf_counter() - started)))

    def own_picture(self, arguments: dict[str, Any], _emit: Emit) -> dict[str, Any]:
        """Ask the denoiser for the clip that this pipeline has drawn."""
        import numpy as np

        from runners.engines.own_picture import ask_own_picture

        started = time.perf_counter()
        held, clip = self._held(), from_data(OwnPictureRequest, arguments).clip
        frames = np.load(clip.frames_path)
        own = ask_own_picture(held.pipeline, clip, frames, device=held.request.device)
        return dict(to_data(OwnPictureReply(own=own, seconds=time.perf_counter() - started)))

    def _held(self) -> _Open:
        if self._open is None:
            raise RuntimeError("no pipeline is open in this worker")
        return self._open


_ROLE = RenderRole()

HANDLERS: Mapping[str, Callable[[dict[str, Any], Emit], dict[str, Any]]] = {
    "open": _ROLE.open,
    "clip": _ROLE.clip,
    "window": _ROLE.window,
    "decode": _ROLE.decode,
    "save-path": _ROLE.save_path,
    "parts": _ROLE.parts,
    "masks": _ROLE.masks,
    "vae": _ROLE.vae,
    "decode-path": _ROLE.decode_path,
    "own-picture": _ROLE.own_picture,
}
