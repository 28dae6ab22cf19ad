"""Clips made in the test: good ones of every awkward kind, and every kind of garbage.

Each generator is a function of nothing but its arguments that returns uint8 RGB [T, H, W, 3]; the
tables at the end name them. Tests that take ``good_clip`` or ``garbage_clip`` run for every entry.
"""

from functools import cache

import numpy as np
import pytest


def coordinates(height, width):
    return np.mgrid[0:height, 0:width].astype(np.float32)


def as_frames(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def smooth(field, times):
    """Blur the last two axes by repeated neighbour averages, on a torus."""
    for _ in range(times):
        field = (field + np.roll(field, 1, -1) + np.roll(field, -1, -1)) / 3
        field = (field + np.roll(field, 1, -2) + np.roll(field, -1, -2)) / 3
    return field


def flat_cartoon(
    side=64, frames=25, *, colour=(220, 30, 30), paper=(40, 60, 220), radius=None, speed=1
):
    """One soft-edged circle moving over a flat background, as the embedded model draws it."""
    radius = radius or side * 14 / 64
    y, x = coordinates(side, side)
    clip = []
    for t in range(frames):
        dx = (x - side / 3 - t * speed + side / 2) % side - side / 2
        inside = 1 / (1 + np.exp(1.4 * (np.hypot(dx, y - side / 2) - radius)))
        clip.append(np.array(paper) + inside[..., None] * (np.array(colour) - np.array(paper)))
    return as_frames(np.stack(clip))


def blurry_cartoon(side=64, frames=25, seed=0):
    """The same as a small decoder renders it: softer, with faint blocky ripple and grain."""
    rng = np.random.default_rng(seed)
    clip = flat_cartoon(side, frames).astype(np.float32)
    ripple = np.kron(rng.normal(0, 2.5, (1, side // 8, side // 8, 3)), np.ones((1, 8, 8, 1)))
    grain = rng.normal(0, 1.0, clip.shape)
    softened = np.moveaxis(smooth(np.moveaxis(clip, -1, 1), 2), 1, -1)
    return as_frames(softened + ripple + grain)


def landscape(height=144, width=256, frames=24, seed=0, pan=2):
    """Something like a camera picture: gradient sky, hills, houses and texture, panned."""
    rng = np.random.default_rng(seed)
    wide = width + pan * frames
    y, x = coordinates(height, wide)
    picture = np.stack([90 + y * 0.3, 130 + y * 0.3, 220 - y * 0.2], -1)
    hills = height * (0.55 + 0.08 * np.sin(x / 37) + 0.05 * np.sin(x / 11 + 1))
    texture = smooth(rng.normal(0, 1, (height, wide)), 2) * 60
    ground = np.stack([60 + texture, 110 + texture, 50 + texture * 0.5], -1)
    picture = np.where((y > hills)[..., None], ground, picture)
    for _ in range(10):
        left, size = int(rng.integers(0, wide - 40)), int(rng.integers(12, 40))
        top = int(height * 0.5 + rng.integers(-20, 20))
        picture[top : top + size, left : left + size] = rng.integers(20, 240, 3)
    return as_frames(np.stack([picture[:, t * pan : t * pan + width] for t in range(frames)]))


def title_card(height=144, width=256, frames=24):
    clip = np.zeros((frames, height, width, 3), np.uint8)
    for letter in range(9):
        left = 40 + letter * 20
        clip[:, 60:84, left : left + 3] = 235
        clip[:, 60:63, left : left + 13] = 235
        clip[:, 60 + letter * 2 : 63 + letter * 2, left : left + 13] = 235
    return clip


def snow(height=144, width=256, frames=24, seed=0):
    rng = np.random.default_rng(seed)
    clip = landscape(height, width, frames, pan=0).astype(np.float32)
    for t in range(frames):
        for _ in range(400):
            top, left = rng.integers(0, height - 2), rng.integers(0, width - 2)
            clip[t, top : top + 2, left : left + 2] = 240
    return as_frames(clip)


def grain(sigma=14, seed=0):
    rng = np.random.default_rng(seed)
    clip = landscape().astype(np.float32)
    return as_frames(clip + rng.normal(0, sigma, (*clip.shape[:3], 1)))


def fade_in_and_out(frames=24):
    clip = landscape(frames=frames).astype(np.float32)
    light = np.clip(np.minimum(np.arange(frames), np.arange(frames)[::-1]) / 7, 0, 1)
    return as_frames(clip * light[:, None, None, None])


def fast_cuts(shot=6):
    return np.concatenate([landscape(frames=shot, seed=seed) for seed in range(4)])


def sky_gradient(height=144, width=256, frames=16):
    y, x = coordinates(height, width)
    clip = []
    for t in range(frames):
        bird = np.hypot(x - 40 - 4 * t, y - 50) < 7
        sky = np.stack([80 + y * 0.6, 120 + y * 0.5, 200 + y * 0.2], -1)
        clip.append(np.where(bird[..., None], 20, sky))
    return as_frames(np.stack(clip))


def line_drawing(height=144, width=256, frames=16):
    y, x = coordinates(height, width)
    clip = []
    for t in range(frames):
        rings = sum(
            (np.abs(np.hypot(x - cx - t, y - cy) - r) < 1.2)
            for cx, cy, r in ((60, 60, 30), (150, 80, 45), (90, 100, 20), (200, 40, 25))
        )
        clip.append(np.where(rings[..., None] > 0, 20, 250) * np.ones(3))
    return as_frames(np.stack(clip))


def still_picture(frames=16):
    return np.repeat(landscape(frames=1), frames, axis=0)


# ---- garbage


def solid(colour, height=144, width=256, frames=24):
    return np.full((frames, height, width, 3), colour, np.uint8)


def pixel_noise(height=144, width=256, frames=12, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (frames, height, width, 3), np.uint8)


def grey_noise(height=144, width=256, frames=12, seed=0):
    one = np.random.default_rng(seed).integers(0, 256, (frames, height, width, 1), np.uint8)
    return np.repeat(one, 3, axis=3)


def latent_noise(height=256, width=384, frames=12, seed=0, cell=8, *, still=False):
    """Random latents as a decoder shows them: every cell another smooth patch of colour."""
    rng = np.random.default_rng(seed)
    cells = rng.normal(0, 1, (1 if still else frames, 3, height // cell, width // cell))
    fine = rng.normal(0, 0.7, (*cells.shape[:2], height // 4, width // 4))
    field = np.kron(cells, np.ones((cell, cell))) + np.kron(fine, np.ones((4, 4)))
    clip = 128 + 70 * np.moveaxis(smooth(field, 2), 1, -1)
    return as_frames(np.repeat(clip, frames, axis=0) if still else clip)


def blue_haze(height=480, width=848, frames=6, seed=0):
    """The incident: nearly solid saturated blue, faint noise that changes over time."""
    rng = np.random.default_rng(seed)
    faint = smooth(rng.normal(0, 14, (frames, 3, height // 2, width // 2)), 1)
    clip = np.array([20, 30, 225]) + np.moveaxis(np.kron(faint, np.ones((2, 2))), 1, -1)
    return as_frames(clip)


def stripes(*, upright, height=144, width=256, frames=12):
    y, x = coordinates(height, width)
    wave = 110 * np.sign(np.sin((x if upright else y) / 3.1))
    clip = landscape(height, width, frames).astype(np.float32) * 0.2
    return as_frames(clip + 100 + wave[None, ..., None])


def planar_as_interleaved(**how):
    clip = landscape(**how)
    return np.ascontiguousarray(clip.transpose(0, 3, 1, 2)).reshape(clip.shape)


def interleaved_as_planar(**how):
    clip = landscape(**how)
    planes = clip.reshape(len(clip), 3, *clip.shape[1:3])
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1))


def wrong_stride(off=7, **how):
    clip = landscape(**how)
    rows = [np.roll(clip[:, row], row * off, axis=1) for row in range(clip.shape[1])]
    return np.stack(rows, axis=1)


def exchanged_sides(**how):
    clip = landscape(**how)
    frames, height, width, _ = clip.shape
    return clip.transpose(0, 2, 1, 3).reshape(frames, height, width, 3)


def random_flicker(seed=0):
    rng = np.random.default_rng(seed)
    clip = landscape(pan=0).astype(np.float32)
    return as_frames(clip * rng.uniform(0.4, 1.4, (len(clip), 1, 1, 1)))


def black_flicker():
    clip = landscape().copy()
    clip[1::2] = 0
    return clip


def good_then(bad, at=8):
    clip = landscape(height=bad.shape[1], width=bad.shape[2], frames=24).copy()
    clip[at:] = bad[: len(clip) - at] if len(bad) > 1 else bad
    return clip


def scene(seed, height=144, width=256):
    """Two frames of one of many places that have nothing in common."""
    rng = np.random.default_rng(seed)
    rough = np.kron(rng.uniform(0, 255, (3, 3, 4)), np.ones((height // 3, width // 4)))
    picture = np.moveaxis(smooth(rough, 3), 0, -1)
    return as_frames(np.stack([picture, np.roll(picture, 2, axis=1)]))


def shuffled_shots(seed=0):
    shots = np.concatenate([scene(number) for number in range(14)])
    return shots[np.random.default_rng(seed).permutation(len(shots))]


GOOD = {
    "cartoon 64x64x9": lambda: flat_cartoon(64, 9),
    "cartoon 64x64x25": lambda: flat_cartoon(64, 25),
    "cartoon 64x64x33 green on yellow": lambda: flat_cartoon(
        64, 33, colour=(30, 160, 60), paper=(230, 210, 40)
    ),
    "cartoon 96x96x17": lambda: flat_cartoon(96, 17),
    "cartoon 96x96x33": lambda: flat_cartoon(96, 33),
    "cartoon of equally bright colours": lambda: flat_cartoon(
        64, 17, colour=(220, 40, 40), paper=(60, 90, 200)
    ),
    "cartoon white on black": lambda: flat_cartoon(64, 9, colour=(255,) * 3, paper=(0,) * 3),
    "blurry cartoon 64x64x25": blurry_cartoon,
    "blurry cartoon 96x96x17": lambda: blurry_cartoon(96, 17, seed=1),
    "landscape": landscape,
    "landscape 832x480": lambda: landscape(480, 832, 5),
    "landscape of odd size": lambda: landscape(131, 217, 9),
    "fade in and out": fade_in_and_out,
    "fast cuts": fast_cuts,
    "sky gradient": sky_gradient,
    "line drawing": line_drawing,
}
"""Must be good."""

HARMLESS = {"snow": snow, "grain": grain, "title card": title_card, "still picture": still_picture}
"""May be suspect, must not be garbage."""

GARBAGE = {
    "black": (lambda: solid((0, 0, 0)), "blank-frames"),
    "black 64x64": (lambda: solid((0, 0, 0), 64, 64, 9), "blank-frames"),
    "green": (lambda: solid((0, 135, 0)), "blank-frames"),
    "grey": (lambda: solid((128, 128, 128)), "blank-frames"),
    "black flicker": (black_flicker, "blank-frames"),
    "good, then black": (lambda: good_then(solid((0, 0, 0))), "blank-frames"),
    "good, then green": (lambda: good_then(solid((0, 135, 0)), at=16), "blank-frames"),
    "pixel noise": (pixel_noise, "noise"),
    "pixel noise 64x64": (lambda: pixel_noise(64, 64, 9), "noise"),
    "grey noise": (grey_noise, "noise"),
    "latent noise": (latent_noise, "noise"),
    "still latent noise": (lambda: latent_noise(still=True), "noise"),
    "good, then noise": (lambda: good_then(pixel_noise(frames=24)), "noise"),
    "blue haze": (blue_haze, "nearly-solid"),
    "upright stripes": (lambda: stripes(upright=True), "stripes"),
    "level stripes": (lambda: stripes(upright=False), "stripes"),
    "interleaved read as planar": (interleaved_as_planar, "scrambled-rows"),
    "planar read as interleaved": (planar_as_interleaved, "scrambled-rows"),
    "wrong stride": (wrong_stride, "scrambled-rows"),
    "height and width exchanged": (exchanged_sides, "scrambled-rows"),
    "random flicker": (random_flicker, "flicker"),
    "shuffled shots": (shuffled_shots, "unrelated-frames"),
}
"""Must be garbage, and this rule must say so."""


@cache
def made(table, name):
    entry = {"good": GOOD, "harmless": HARMLESS, "garbage": GARBAGE}[table][name]
    clip = (entry[0] if isinstance(entry, tuple) else entry)()
    clip.flags.writeable = False
    return clip


def pytest_generate_tests(metafunc):
    for table, names in (("good", GOOD), ("harmless", HARMLESS), ("garbage", GARBAGE)):
        fixture = f"{table}_clip"
        if fixture in metafunc.fixturenames:
            metafunc.parametrize(fixture, list(names), ids=list(names), indirect=True)


@pytest.fixture
def good_clip(request):
    return made("good", request.param)


@pytest.fixture
def harmless_clip(request):
    return made("harmless", request.param)


@pytest.fixture
def garbage_clip(request):
    return made("garbage", request.param), GARBAGE[request.param][1]


@pytest.fixture
def clips():
    """Return the maker of any named clip: ``clips("landscape")``."""
    tables = {name: table for table, names in _tables().items() for name in names}
    return lambda name: made(tables[name], name)


def _tables():
    return {"good": GOOD, "harmless": HARMLESS, "garbage": GARBAGE}


@pytest.fixture
def cartoon():
    return made("good", "cartoon 64x64x25")
