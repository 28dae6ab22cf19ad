"""What was decoded well is lost on the way to bytes."""

from typing import Any

import numpy as np

from tools.preflight_power.faults.fault import Fault, Target
from tools.preflight_power.faults.overrides import override


def _to_frames(convert: Any) -> Any:
    """Replace the save function of the worker; ``convert`` gets [T, 3, H, W] in [0, 1] as numpy."""

    def inject(target: Target) -> None:
        from runners.engines import runtime_faults

        original = runtime_faults.save_function

        def save_function(fault: str) -> Any:  # noqa: ARG001
            def faulty(video: Any) -> Any:
                values = video.detach().to("cpu").float().nan_to_num().numpy()
                return np.ascontiguousarray(convert(values))

            return faulty

        runtime_faults.save_function = save_function
        target.undo.callback(setattr, runtime_faults, "save_function", original)

    return inject


def _bytes(values: Any) -> Any:
    return (np.clip(values, 0, 1) * 255).round().astype(np.uint8).transpose(0, 2, 3, 1)


def _wrapped(values: Any) -> Any:
    wide = (values * 300 - 20).round().astype(np.int64)
    return (wide % 256).astype(np.uint8).transpose(0, 2, 3, 1)


def _planes_as_pixels(values: Any) -> Any:
    count, _, height, width = values.shape
    planes = (np.clip(values, 0, 1) * 255).round().astype(np.uint8)
    return planes.reshape(count, height, width, 3)


def _skewed(values: Any) -> Any:
    frames = _bytes(values)
    rows = [np.roll(frames[:, r], 3 * r, axis=1) for r in range(frames.shape[1])]
    return np.stack(rows, axis=1)


def _processed(change: Any) -> Any:
    """Let ``change`` replace what the pipeline's own postprocessing gives: [1, T, 3, H, W]."""

    def inject(target: Target) -> None:
        processor = target.pipeline.video_processor
        own = type(processor)

        def postprocess_video(self: Any, *args: Any, **kwargs: Any) -> Any:
            return change(own.postprocess_video(self, *args, **kwargs))

        override(processor, postprocess_video=postprocess_video)

    return inject


def _not_denormalised(target: Target) -> None:
    processor = target.pipeline.video_processor
    processor.register_to_config(do_normalize=False)


def _black_end(x: Any) -> Any:
    y = x.clone()
    y[:, y.shape[1] * 2 // 3 :] = 0
    return y


def _doubled(x: Any) -> Any:
    half = x[:, : (x.shape[1] + 1) // 2]
    return half.repeat_interleave(2, 1)[:, : x.shape[1]]


def _looped(x: Any) -> Any:
    quarter = max(1, x.shape[1] // 4)
    return x[:, :quarter].repeat(1, 5, 1, 1, 1)[:, : x.shape[1]]


def _shuffled(x: Any) -> Any:
    import torch

    order = torch.randperm(x.shape[1], generator=torch.Generator().manual_seed(5))
    return x[:, order]


def _fault(fault_id: str, title: str, inject: Any) -> Fault:
    return Fault(id=fault_id, stage="output", title=title, inject=inject)


FAULTS = (
    _fault("uint8-wrap", "values beyond 255 wrap round", _to_frames(_wrapped)),
    _fault("bgr", "red and blue exchanged", _to_frames(lambda v: _bytes(v)[..., ::-1])),
    _fault("planes-as-pixels", "channels first read as channels last",
           _to_frames(_planes_as_pixels)),
    _fault("not-times-255", "0 to 1 saved as bytes",
           _to_frames(lambda v: v.astype(np.uint8).transpose(0, 2, 3, 1))),
    _fault("rows-and-columns", "width before height",
           _to_frames(lambda v: _bytes(v).transpose(0, 2, 1, 3))),
    _fault("row-stride", "rows read with a wrong stride", _to_frames(_skewed)),
    _fault("inverted", "a negative", _to_frames(lambda v: 255 - _bytes(v))),
    _fault("not-denormalised", "-1 to 1 taken for 0 to 1", _not_denormalised),
    _fault("denormalised-twice", "the range is moved twice", _processed(lambda x: x / 2 + 0.5)),
    _fault("doubled-gain", "brightness doubled", _processed(lambda x: (2 * x).clamp(0, 1))),
    _fault("frames-dropped", "every other frame is lost", _processed(lambda x: x[:, ::2])),
    _fault("frames-doubled", "half of the frames, each twice", _processed(_doubled)),
    _fault("frames-looped", "the first quarter, over and over", _processed(_looped)),
    _fault("frames-shuffled", "frames in random order", _processed(_shuffled)),
    _fault("frames-frozen", "the first frame only",
           _processed(lambda x: x[:, :1].expand_as(x).clone())),
    _fault("end-black", "the last third is black", _processed(_black_end)),
)  # fmt: skip
