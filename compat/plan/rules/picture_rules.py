"""Rules about sizes: of the video, and of the preflight's picture."""

from collections.abc import Iterator

from compat.core.model import Severity
from compat.plan.geometry import (
    ROPE_PIXELS,
    PictureRule,
    is_legal_frames,
    is_legal_side,
    nearest_frames,
    nearest_sides,
)
from compat.plan.model import RenderPlan
from compat.plan.rules.rule import Problem, choice, rule


@rule("size-multiple")
def size_multiple(plan: RenderPlan, picture: PictureRule) -> Iterator[Problem]:
    """Width and height are multiples of the model's patch grid, and large enough to decode.

    LTX: multiples of 32 from 64 up. diffusers raises on others, the ltx-video script pads and
    crops, and below 64 the LTX-2 decoder fails in its padding.
    """
    yield from side_problems("video.width", plan.video.width, picture)
    yield from side_problems("video.height", plan.video.height, picture)


@rule("size-beyond-positions", Severity.MEDIUM, reads=("video.width", "video.height"))
def size_beyond_positions(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """No side is longer than the 2048 pixels for which LTX has positions."""
    for key, side in (("video.width", plan.video.width), ("video.height", plan.video.height)):
        if side > ROPE_PIXELS:
            yield Problem(
                key=key,
                message=f"{key} is {side}, but the model's positions end at {ROPE_PIXELS} pixels",
                remedy=f"render at {ROPE_PIXELS} or less and enlarge the result",
                evidence={"found": side, "nearest": ROPE_PIXELS},
            )


@rule("picture-size")
def picture_size(plan: RenderPlan, picture: PictureRule) -> Iterator[Problem]:
    """The preflight's picture has a size and frame count that the model takes, or 0.

    0 means the size comes from the model's signature.
    """
    asked = plan.picture
    if asked.width:
        yield from side_problems("picture.width", asked.width, picture)
    if asked.height:
        yield from side_problems("picture.height", asked.height, picture)
    if asked.frames:
        yield from frame_problems("picture.frames", asked.frames, picture)


@rule("picture-half-given", Severity.MEDIUM, reads=("picture.width", "picture.height"))
def picture_half_given(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The picture has both a width and a height, or neither."""
    asked = plan.picture
    if bool(asked.width) != bool(asked.height):
        missing = "picture.height" if asked.width else "picture.width"
        yield Problem(
            key=missing,
            message=f"picture is {asked.width} x {asked.height}, expected both sides or none",
            remedy=f"set {missing} too, or leave both out to take the model's own size",
        )


def side_problems(key: str, pixels: int, picture: PictureRule) -> Iterator[Problem]:
    """Say that ``pixels`` is no legal side for a model with rule ``picture``, and which are."""
    if is_legal_side(pixels, picture):
        return
    legal = nearest_sides(pixels, picture)
    yield Problem(
        key=key,
        message=f"{key} is {pixels}, expected a multiple of {picture.space_multiple} from "
        f"{picture.min_side} up, nearest {choice(legal)}",
        remedy=f"set {key} to {choice(legal)}",
        evidence={"found": pixels, "nearest": list(legal), "multiple": picture.space_multiple},
    )


def frame_problems(key: str, frames: int, picture: PictureRule) -> Iterator[Problem]:
    """Say that ``frames`` is no legal count for a model with rule ``picture``, and which are."""
    if is_legal_frames(frames, picture):
        return
    legal = nearest_frames(frames, picture)
    yield Problem(
        key=key,
        message=f"{key} is {frames}, expected {described(picture)}, nearest {choice(legal)}",
        remedy=f"set {key} to {choice(legal)}",
        evidence={"found": frames, "nearest": list(legal), "step": picture.frame_step},
    )


def described(picture: PictureRule) -> str:
    """Write the legal frame counts of a model as people do: "8n+1 frames"."""
    offset = f"+{picture.frame_offset}" if picture.frame_offset else ""
    counts = "any number of" if picture.frame_step == 1 else f"{picture.frame_step}n{offset}"
    most = f", at most {picture.max_frames}" if picture.max_frames else ""
    return f"{counts} frames{most}"


RULES = (size_multiple, size_beyond_positions, picture_size, picture_half_given)
