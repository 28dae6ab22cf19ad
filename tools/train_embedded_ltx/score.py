"""The analytic scorer: what a clip shows, decided from its frames alone, with numpy.

Nothing here was fitted to the model's output. Background: the colour that most pixels are nearest
to. Object: the colour for which `background + opacity * (object - background)` explains the
pixels best; that fit yields the opacity of every pixel. Shape: the template with the highest
normalised correlation with the opacity, over all positions on the torus. Direction: the phase of
the opacity's first harmonic is the object's position; its change over eight frames, averaged, is
the velocity, and the nearest of the five motions is the answer.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runners.embedded.prompts import COLOURS, DIRECTIONS, SHAPES, Scene
from tools.train_embedded_ltx.world import Floats, draw_masks

LAG: Final = 8
"""Velocity is measured over this many frames: one latent."""
AREA_RANGE: Final = (250.0, 1100.0)
"""Opaque pixels of a real object: the three shapes have 560 to 640."""
FITTED_FRAMES: Final = 9
"""Colours and shape are decided on this many frames, evenly spread."""

Frames = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What the scorer saw. Velocity is in pixels per frame (x, y), area in opaque pixels.

    `explained` is the share of the picture's variance that the fit of flat background plus one
    object accounts for; a clip with a real object has nearly 1.
    """

    scene: Scene
    velocity: tuple[float, float]
    area: float
    explained: float

    @property
    def present(self) -> bool:
        """An object of about the right size is there."""
        return AREA_RANGE[0] <= self.area <= AREA_RANGE[1]

    def obeys(self, wanted: Scene) -> dict[str, bool]:
        """Each fact of the prompt: was it drawn? Without an object only the background can be."""
        return {
            "colour": self.present and self.scene.colour == wanted.colour,
            "background": self.scene.background == wanted.background,
            "shape": self.present and self.scene.shape == wanted.shape,
            "direction": self.present and self.scene.direction == wanted.direction,
        }


def _opacity(pixels: Floats, ground: Floats, paint: Floats) -> tuple[Floats, float]:
    """The opacity of each pixel under a pair of colours, and the squared error that remains."""
    span = paint - ground
    offset = pixels - ground
    opacity = np.clip(offset @ span / (span @ span), 0, 1).astype(np.float32)
    error = float(((offset - opacity[..., None] * span) ** 2).sum())
    return opacity, error


def _colours(pixels: Floats) -> tuple[int, int, float]:
    """Background and object as places in the palette, and the explained share of variance."""
    palette = np.array(list(COLOURS.values()), np.float32)
    distance = ((pixels[..., None, :] - palette) ** 2).sum(-1)
    ground = int(np.bincount(distance.argmin(-1).ravel(), minlength=len(palette)).argmax())
    errors = {
        paint: _opacity(pixels, palette[ground], palette[paint])[1]
        for paint in range(len(palette))
        if paint != ground
    }
    best = min(errors, key=errors.__getitem__)
    total = float(((pixels - pixels.mean((0, 1, 2))) ** 2).sum()) + 1e-6
    return ground, best, 1 - errors[best] / total


def _shape(opacity: Floats) -> int:
    """The template that correlates best with the opacity [frames, height, width]."""
    size = opacity.shape[1:]
    centre = np.array([[size[1] / 2, size[0] / 2]], np.float32)
    spectrum = np.fft.rfft2(opacity - opacity.mean((1, 2), keepdims=True))
    scores = []
    for shape in range(len(SHAPES)):
        template = draw_masks(np.array([shape]), centre, (size[0], size[1]))[0]
        template = (template - template.mean()) / template.std()
        match = np.fft.irfft2(spectrum * np.fft.rfft2(template).conj(), s=size)
        scores.append(match.max((1, 2)).sum())
    return int(np.argmax(scores))


def _velocity(opacity: Floats) -> tuple[float, float]:
    """Pixels per frame (x, y) of the object on the torus."""
    lag = min(LAG, len(opacity) - 1)
    if lag == 0:
        return 0.0, 0.0
    speeds = []
    for axis in (2, 1):
        length = opacity.shape[axis]
        wave = np.exp(2j * np.pi * np.arange(length) / length)
        phase = np.tensordot(opacity.sum(3 - axis), wave, axes=([1], [0]))
        turn = np.angle(phase[lag:] * phase[:-lag].conj())
        speeds.append(float(turn.mean()) * length / (2 * np.pi) / lag)
    return speeds[0], speeds[1]


def sight(frames: Frames) -> Sighting:
    """What a clip [frames, height, width, 3] in 0..255 shows."""
    few = np.linspace(0, len(frames) - 1, min(FITTED_FRAMES, len(frames))).round().astype(int)
    pixels = frames.astype(np.float32)
    ground, paint, explained = _colours(pixels[few])
    palette = np.array(list(COLOURS.values()), np.float32)
    opacity, _ = _opacity(pixels, palette[ground], palette[paint])
    velocity = _velocity(opacity)
    apart = [abs(velocity[0] - x) + abs(velocity[1] - y) for x, y in DIRECTIONS.values()]
    names = list(COLOURS)
    return Sighting(
        scene=Scene(
            colour=names[paint],
            shape=SHAPES[_shape(opacity[few])],
            direction=list(DIRECTIONS)[int(np.argmin(apart))],
            background=names[ground],
        ),
        velocity=velocity,
        area=float(opacity.sum((1, 2)).mean()),
        explained=explained,
    )
