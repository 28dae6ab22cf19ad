"""HunyuanVideo image-to-video 13B: the picture's latent and its mask in further channels."""

from compat.identify.kinds.hunyuan import hunyuan_video

SIGNATURE = hunyuan_video(
    id="hunyuan-video-i2v",
    variant="13B I2V",
    channels=33,
    parameters=12_810_991_680,
    diffusers_class="HunyuanVideoImageToVideoPipeline",
)
