"""Lit balls bounce on a floor of boards and cast shadows."""

from dataclasses import dataclass

import numpy as np

from tools.judge_training.pictures import Clip, Rng
from tools.taxonomy.textures import Floats, finished, fractal, grid, over, ramp, step

FLOOR = 0.55
PAINT = [(205, 45, 40), (230, 160, 30), (60, 150, 70), (40, 90, 200), (190, 70, 170)]
LIGHT = np.array([-0.55, -0.65, 0.55], np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ball:
    """One ball: lengths in pixels, speeds per frame, ``phase`` and ``speed`` in bounces."""

    radius: float
    x: float
    ground: float
    jump: float
    phase: float
    speed: float
    drift: float
    colour: Floats


def spheres(frames: int, height: int, width: int, rng: Rng) -> Clip:
    """Three to five balls, each with its own weight, colour and gloss."""
    room = _room(height, width, rng)
    unit = min(height, width)
    balls = [_random_ball(n, height, width, unit, rng) for n in range(int(rng.integers(3, 5)))]
    balls.sort(key=lambda ball: ball.ground)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    clip = []
    for t in range(frames):
        picture = room
        for ball in balls:
            flight = (ball.phase + t * ball.speed) % 1
            lift = ball.jump * 4 * flight * (1 - flight)
            place = (ball.ground - ball.radius - lift, ball.x + ball.drift * t)
            picture = _shadow(picture, y, x, ball, lift, place[1])
            picture = _ball(picture, y, x, ball, place)
        clip.append(picture)
    return finished(clip, rng)


def _random_ball(number: int, height: int, width: int, unit: int, rng: Rng) -> Ball:
    return Ball(
        radius=rng.uniform(0.09, 0.16) * unit, x=(number + 0.7) / 4.4 * width,
        ground=rng.uniform(0.72, 0.9) * height, jump=rng.uniform(0.25, 0.5) * height,
        phase=rng.random(), speed=rng.uniform(0.03, 0.05), drift=rng.normal(0, 0.5),
        colour=ramp(np.float32(rng.random()), PAINT),
    )  # fmt: skip


def _room(height: int, width: int, rng: Rng) -> Floats:
    y, x = grid(height, width)
    plaster = fractal(height, width, rng, coarsest=6, keep=0.7)
    wall = ramp(1 - y * 0.8 + 0.08 * plaster, [(120, 126, 140), (186, 188, 196), (214, 212, 206)])
    depth = np.clip((y - FLOOR) / (1 - FLOOR), 1e-3, 1)
    across = (x - 0.5) / (0.35 + depth) * 14
    grain = fractal(height, width, rng, coarsest=10, keep=0.8)
    board = (np.floor(across) * 0.37) % 1
    wood = ramp(0.3 * board + 0.5 * grain, [(94, 62, 40), (150, 104, 66), (196, 150, 100)])
    seam = step(np.abs(across % 1 - 0.5), 0.47, 0.04)
    wood = over(wood * (0.55 + 0.45 * depth[..., None]), seam, (58, 38, 26))
    return over(wall, step(y, FLOOR, 0.01), wood)


def _shadow(
    picture: Floats, y: Floats, x: Floats, ball: Ball, lift: float, centre: float
) -> Floats:
    radius = ball.radius * (1 + 0.5 * lift / ball.jump)
    far = np.hypot((x - centre - lift * 0.35) / radius, (y - ball.ground) / (radius * 0.32))
    strength = 0.6 / (1 + 1.5 * lift / ball.jump)
    return picture * (1 - strength * step(1 - far, 0, 0.7))[..., None]


def _ball(picture: Floats, y: Floats, x: Floats, ball: Ball, place: tuple[float, float]) -> Floats:
    dy, dx = (y - place[0]) / ball.radius, (x - place[1]) / ball.radius
    flat = np.minimum(dy * dy + dx * dx, 1)
    towards = np.sqrt(1 - flat)
    light = np.clip(dx * LIGHT[0] + dy * LIGHT[1] + towards * LIGHT[2], 0, 1)
    gloss = np.clip(dx * -0.3 + dy * -0.36 + towards * 0.88, 0, 1) ** 40
    shaded = ball.colour * (0.22 + 0.9 * light)[..., None] + 190 * gloss[..., None]
    edge = step((1 - np.sqrt(dy * dy + dx * dx)) * np.float32(ball.radius), 0, 1.5)
    return over(picture, edge, shaded.astype(np.float32))
