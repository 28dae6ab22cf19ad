"""HunyuanVideo 1.5, 8B, text- or image-to-video: the headers are the same."""

from compat.identify.kinds.hunyuan import hunyuan_video_1_5

SIGNATURE = hunyuan_video_1_5(
    id="hunyuan-video-1-5",
    variant="1.5 8B T2V or I2V",
    channels=65,
    parameters=8_326_608_160,
    diffusers_class="HunyuanVideo15Pipeline",
)
