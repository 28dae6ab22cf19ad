"""SkyReels V1 image-to-video on HunyuanVideo 13B: the picture's latent in further channels."""

from compat.identify.kinds.hunyuan import hunyuan_video

SIGNATURE = hunyuan_video(
    id="hunyuan-video-skyreels-i2v",
    variant="13B SkyReels V1 I2V",
    channels=32,
    parameters=12_821_209_152,
    diffusers_class="HunyuanSkyreelsImageToVideoPipeline",
)
