"""HunyuanVideo 13B: T2V, or I2V by token replacement, which has the same header."""

from compat.identify.kinds.hunyuan import hunyuan_video

SIGNATURE = hunyuan_video(
    id="hunyuan-video",
    variant="13B T2V, or I2V by token replacement",
    channels=16,
    parameters=12_821_012_544,
    diffusers_class="HunyuanVideoPipeline",
)
