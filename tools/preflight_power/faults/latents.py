"""The latents are mangled between the denoiser and the VAE."""

from typing import Any

from tools.preflight_power.faults.between import between
from tools.preflight_power.faults.fault import Fault, Target


def _change(change: Any) -> Any:
    return lambda target: between(target, change)


def _axis_swap(x: Any) -> Any:
    return x.transpose(-1, -2).reshape(x.shape)


def _frames_as_channels(x: Any) -> Any:
    return x.transpose(1, 2).reshape(x.shape)


def _rolled_rows(x: Any) -> Any:
    import torch

    rows = [x[..., r, :].roll(r, -1) for r in range(x.shape[-2])]
    return torch.stack(rows, dim=-2)


def _first_frame_everywhere(x: Any) -> Any:
    return x[:, :, :1].expand_as(x).clone()


def _last_frames_noise(x: Any) -> Any:
    import torch

    y = x.clone()
    half = max(1, x.shape[2] // 2)
    noise = torch.randn(y[:, :, half:].shape, generator=torch.Generator().manual_seed(0))
    y[:, :, half:] = noise.to(y.dtype)
    return y


def _patch(value: float) -> Any:
    def change(x: Any) -> Any:
        y = x.clone()
        y[..., : max(1, x.shape[-2] // 2), : max(1, x.shape[-1] // 2)] = value
        return y

    return change


def _dead_channels(share: float) -> Any:
    def change(x: Any) -> Any:
        y = x.clone()
        y[:, : max(1, int(x.shape[1] * share))] = 0
        return y

    return change


def _normalised_again(x: Any) -> Any:
    spread = x.float().std(dim=(2, 3, 4), keepdim=True).clamp(min=1e-6)
    middle = x.float().mean(dim=(2, 3, 4), keepdim=True)
    return ((x - middle) / spread).to(x.dtype)


def _noise_instead(x: Any) -> Any:
    import torch

    return torch.randn(x.shape, generator=torch.Generator().manual_seed(1)).to(x.dtype)


def _noise_on_top(x: Any) -> Any:
    return x + 0.7 * _noise_instead(x)


def _shuffled_frames(x: Any) -> Any:
    return (
        x.flip(2)
        if x.shape[2] < 4
        else x[:, :, [*range(0, x.shape[2], 2), *range(1, x.shape[2], 2)]]
    )


def _shuffled_positions(target: Target) -> None:
    import torch

    def change(x: Any) -> Any:
        flat = x.flatten(-2)
        order = torch.randperm(flat.shape[-1], generator=torch.Generator().manual_seed(2))
        return flat[..., order].view_as(x)

    between(target, change)


def _coarse(x: Any) -> Any:
    return x.round()


def _clipped(x: Any) -> Any:
    return x.clamp(-0.3, 0.3)


def _fault(fault_id: str, title: str, change: Any) -> Fault:
    return Fault(id=fault_id, stage="latents", title=title, inject=_change(change))


FAULTS = (
    _fault("latents-negated", "the sign is lost", lambda x: -x),
    _fault("latents-times-5", "five times too wide", lambda x: 5 * x),
    _fault("latents-by-5", "five times too narrow", lambda x: x / 5),
    _fault("latents-shifted", "two spreads too high", lambda x: x + 2),
    _fault("latents-normalised-again", "normalised a second time", _normalised_again),
    _fault("latents-rows-as-columns", "height and width exchanged", _axis_swap),
    _fault("latents-frames-as-channels", "frames and channels exchanged", _frames_as_channels),
    _fault("latents-channels-rolled", "channels one place on", lambda x: x.roll(1, 1)),
    _fault("latents-channels-reversed", "channels in reverse", lambda x: x.flip(1)),
    _fault("latents-skewed", "each row starts one place later", _rolled_rows),
    _fault("latents-first-frame", "the first frame is repeated", _first_frame_everywhere),
    _fault("latents-frames-shuffled", "frames in another order", _shuffled_frames),
    _fault("latents-late-noise", "the second half is noise", _last_frames_noise),
    _fault("latents-nan-patch", "a quarter is NaN", _patch(float("nan"))),
    _fault("latents-zero-patch", "a quarter is zero", _patch(0.0)),
    _fault("latents-dead-channel", "one channel is zero", _dead_channels(0.0)),
    _fault("latents-half-dead", "half of the channels are zero", _dead_channels(0.5)),
    _fault("latents-noise", "noise is decoded in place of the result", _noise_instead),
    _fault("latents-noise-on-top", "noise is left on the result", _noise_on_top),
    _fault("latents-coarse", "rounded to whole numbers", _coarse),
    _fault("latents-clipped", "cut off at 0.3", _clipped),
    Fault(
        id="latents-positions-shuffled", stage="latents", title="positions in another order",
        inject=_shuffled_positions,
    ),
)  # fmt: skip
