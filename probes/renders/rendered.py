"""Renders a clip with a pipeline and keeps what is compared: final latents and frames."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a pipeline delivered, in float32 on the processor.

    ``latents`` as the denoiser left them, in the pipeline's own layout; ``frames`` [T, C, H, W]
    from 0 to 1; ``sound`` the waveform of a model that makes one.
    """

    latents: Any
    frames: Any
    sound: Any = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of what there is to be compared."""
        return ("latents", "frames") if self.sound is None else ("latents", "frames", "sound")


def render(pipeline: Any, inputs: dict[str, Any], dtype: str, device: str) -> Rendered:
    """Call ``pipeline`` with ``inputs`` in ``dtype`` on ``device`` (names of torch)."""
    import torch

    kept: dict[str, Any] = {}

    def keep(_pipeline: Any, _step: int, _time: Any, state: dict[str, Any]) -> dict[str, Any]:
        kept["latents"] = state["latents"]
        return {}

    with torch.no_grad():
        output = pipeline(
            **_placed(inputs, dtype, device),
            output_type="pt",
            generator=torch.Generator().manual_seed(0),
            callback_on_step_end=keep,
        )
    sound = getattr(output, "audio", None)
    return Rendered(
        latents=on_host(kept["latents"]),
        frames=on_host(output.frames[0]),
        sound=None if sound is None else on_host(sound[0]),
    )


def _placed(inputs: dict[str, Any], dtype: str, device: str) -> dict[str, Any]:
    import torch

    return {
        name: value.to(device, getattr(torch, dtype) if value.is_floating_point() else None)
        if isinstance(value, torch.Tensor)
        else value
        for name, value in inputs.items()
    }


def on_host(value: Any) -> Any:
    """A float32 copy on the processor."""
    import torch

    return torch.as_tensor(value).detach().to("cpu").to(torch.float32).contiguous()
