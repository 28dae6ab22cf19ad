"""HunyuanVideo 1.5 super resolution, 8B: the small video in further channels."""

from compat.identify.kinds.hunyuan import hunyuan_video_1_5

SIGNATURE = hunyuan_video_1_5(
    id="hunyuan-video-1-5-sr",
    variant="1.5 8B super resolution",
    channels=98,
    parameters=8_326_675_744,
    diffusers_class="",
)
