"""Wan's denoisers, by width and by what is added to the plain model."""

from dataclasses import dataclass

from compat.identify.kinds.video_placement import diffusers_only, unet_loader
from compat.identify.model import Dim, Layout, Need, Placement, Predicate, Role, Signature
from compat.identify.predicates import Blocks, Has, HasNo, either, side


@dataclass(frozen=True, slots=True)
class Size:
    """Width of the hidden state and of the feed-forward, and number of blocks."""

    width: int
    inner: int
    blocks: int


SMALL = Size(1536, 8960, 30)
MIDDLE = Size(3072, 14336, 30)
LARGE = Size(5120, 13824, 40)
"""1.3B, 5B and 14B: the published configs of Wan 2.1 and 2.2."""

TEXT = Need(role=Role.TEXT_ENCODER, ids=("umt5-xxl",))
VAE_2_1 = Need(
    role=Role.VAE, ids=("wan-2-1-vae",), note="Wan 2.2 A14B takes the VAE of 2.1 as well"
)
VAE_2_2 = Need(role=Role.VAE, ids=("wan-2-2-vae",), note="only the 5B takes the 48-channel VAE")
VISION = Need(
    role=Role.IMAGE_ENCODER, ids=("clip-vision-h",), note="for the picture it starts from"
)

IMAGE = "img_emb."
VACE = "vace_patch_embedding.weight"
CAMERA = "control_adapter.conv.weight"
SPEECH = "casual_audio_encoder."
HUMAN = "audio_proj."
FACE = "face_adapter."
FIRST_LAST = "img_emb.emb_pos"
REFERENCE = "ref_conv.weight"
FORCING = "fps_embedding.weight"

RELATIVES = ("vace_", "control_adapter.", SPEECH, HUMAN, FACE, REFERENCE, FORCING)
"""Keys by which ComfyUI's model_detection.py tells the relatives from the plain model, all of
whose keys they share; SkyReels V2's diffusion forcing adds the frame rate."""

_DIFFUSERS_IMAGE = "condition_embedder.image_embedder."
_SOURCE = "ComfyUI model_detection.py and Wan's classes in it; diffusers WanTransformer3DModel"


def wan(
    *,
    id: str,
    variant: str,
    size: Size,
    channels: int,
    parameters: int,
    diffusers_class: str,
    generation: str = "2.1",
    image: bool | None = False,
    marks: tuple[Predicate, ...] = (),
    absent: tuple[str, ...] = RELATIVES,
    form: tuple[Predicate, ...] = (),
    needs: tuple[Need, ...] = (),
    diffusers_marks: tuple[Predicate, ...] | None = None,
    diffusers_absent: tuple[str, ...] = ("vace_", FACE, FORCING),
    placement: Placement | None = None,
) -> Signature:
    """A signature for one Wan denoiser.

    ``channels`` are those the patch embedding takes: latent, mask and picture. ``image`` says
    whether the CLIP vision projection is there, None for either. ``marks`` and ``absent`` name the
    relatives' own keys. ``diffusers_marks`` None means that diffusers has no class for it.
    """
    own: list[Predicate] = [Has("head.modulation"), Has("time_projection.1.weight"), *marks]
    own += [_width(size, "head.modulation"), _channels(channels)]
    own += _image(IMAGE, "img_emb.proj.0.bias", image=image)
    layouts: tuple[Layout, ...] = ()
    if diffusers_marks is not None:
        theirs = _diffusers_marks(size, channels, image=image)
        layouts = (
            _diffusers(size, (*theirs, *diffusers_marks), diffusers_class, diffusers_absent),
        )
    return Signature(
        id=id,
        family="wan",
        variant=variant,
        generation=generation,
        role=Role.DIFFUSION_MODEL,
        marks=(*own, *_absent(absent)),
        form=(
            _inner(size, "blocks.0.ffn.0"),
            side("text_embedding.0.weight", 1, 4096),
            Blocks("blocks", size.blocks, alike=True),
            *form,
        ),
        source=_SOURCE,
        parameters=parameters,
        dims=_dims("text_embedding.0.weight", "head.modulation"),
        needs=(TEXT, VAE_2_2 if channels == 48 and size is MIDDLE else VAE_2_1, *needs),
        placement=placement or unet_loader(diffusers_class),
        layouts=layouts,
    )


def _width(size: Size, table: str) -> Predicate:
    return either(
        side(table, -1, size.width),
        side("patch_embedding.bias", 0, size.width),
        side("time_projection.1.weight", 1, size.width),
    )


def _channels(channels: int) -> Predicate:
    # gguf holds at most four dimensions: converters flatten the embedding to [width, channels * 4].
    return side("patch_embedding.weight", 1, channels, channels * 4)


def _image(start: str, key: str, *, image: bool | None) -> list[Predicate]:
    if image is None:
        return []
    return [Has(key)] if image else [HasNo(start)]


def _absent(starts: tuple[str, ...]) -> tuple[Predicate, ...]:
    return (HasNo(starts),) if starts else ()


def _inner(size: Size, stem: str) -> Predicate:
    return either(side(f"{stem}.weight", 0, size.inner), side(f"{stem}.bias", 0, size.inner))


def _dims(text: str, width: str) -> tuple[Dim, ...]:
    return (
        Dim(key="width", name=width, axis=-1),
        Dim(key="text-width", name=text, axis=1),
        Dim(key="in-channels", name="patch_embedding.weight", axis=1),
    )


def _diffusers_marks(size: Size, channels: int, *, image: bool | None) -> tuple[Predicate, ...]:
    return (
        Has("condition_embedder.time_proj.weight"),
        Has("condition_embedder.text_embedder.linear_1.weight"),
        either(
            side("scale_shift_table", -1, size.width), side("patch_embedding.bias", 0, size.width)
        ),
        _channels(channels),
        *_image(_DIFFUSERS_IMAGE, f"{_DIFFUSERS_IMAGE}norm1.weight", image=image),
    )


def _diffusers(
    size: Size, marks: tuple[Predicate, ...], diffusers_class: str, absent: tuple[str, ...]
) -> Layout:
    return Layout(
        name="diffusers",
        marks=(*marks, *_absent(absent)),
        form=(
            _inner(size, "blocks.0.ffn.net.0.proj"),
            side("condition_embedder.text_embedder.linear_1.weight", 1, 4096),
            Blocks("blocks", size.blocks, alike=True),
        ),
        dims=_dims("condition_embedder.text_embedder.linear_1.weight", "scale_shift_table"),
        placement=diffusers_only(diffusers_class),
    )


POSITIONS = f"{_DIFFUSERS_IMAGE}pos_embed"
"""diffusers' name of the first-and-last-frame position table."""
