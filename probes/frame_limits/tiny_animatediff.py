"""A real AnimateDiff pipeline of diffusers with random weights, small enough for a processor."""

from pathlib import Path
from typing import Any

# The published motion modules were trained on 16 frames (AnimateDiff training.yaml,
# sample_n_frames); their tables of positions are longer: 24 in v1, 32 in v2 and v3.
TRAINED_FRAMES = 16
TABLES = (24, 32)

_PIXELS, _CHANNELS = 8, (8, 8)


def pipeline(table: int, folder: Path) -> Any:
    """Build the pipeline with a table of ``table`` positions; the weights depend on nothing.

    The motion module is saved in ``folder`` and loaded from there, as it is loaded from the hub.
    """
    import torch
    from diffusers import AnimateDiffPipeline, DDIMScheduler

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        built = AnimateDiffPipeline(
            vae=_autoencoder(),
            text_encoder=None,
            tokenizer=None,
            unet=_network(),
            motion_adapter=_loaded(_motion(table), folder / f"motion-{table}"),
            scheduler=DDIMScheduler(beta_schedule="linear", clip_sample=False),
        )
    built.set_progress_bar_config(disable=True)
    # The text plays no part in the number of frames; FreeNoise insists on encoding one.
    built.encode_prompt = _encode
    return built


def positions(built: Any) -> int:
    """How many positions the tables of the pipeline's motion modules hold; the least of them."""
    tables = (part for name, part in built.unet.named_buffers() if name.endswith("pos_embed.pe"))
    return min(int(table.shape[1]) for table in tables)


def _loaded(adapter: Any, folder: Path) -> Any:
    from diffusers import MotionAdapter

    adapter.save_pretrained(folder)
    return MotionAdapter.from_pretrained(folder)


def _encode(prompt: str | list[str], *_arguments: Any, **_options: Any) -> Any:
    import torch

    count = 1 if isinstance(prompt, str) else len(prompt)
    return torch.zeros(count, 4, 8), torch.zeros(count, 4, 8)


def frames_of(built: Any, frames: int) -> int:
    """Render ``frames`` frames in one step and count what comes out."""
    rendered = built(
        prompt="a word",
        num_frames=frames,
        height=_PIXELS,
        width=_PIXELS,
        num_inference_steps=1,
        guidance_scale=1.0,
        output_type="np",
    )
    return len(rendered.frames[0])


def _network() -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        block_out_channels=_CHANNELS,
        layers_per_block=1,
        sample_size=_PIXELS,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=8,
        norm_num_groups=2,
        attention_head_dim=2,
    )


def _motion(table: int) -> Any:
    from diffusers import MotionAdapter

    return MotionAdapter(
        block_out_channels=_CHANNELS,
        motion_layers_per_block=1,
        motion_norm_num_groups=2,
        motion_num_attention_heads=2,
        motion_max_seq_length=table,
    )


def _autoencoder() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8,),
        down_block_types=("DownEncoderBlock2D",),
        up_block_types=("UpDecoderBlock2D",),
        norm_num_groups=2,
    )
