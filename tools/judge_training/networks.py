"""The networks of the autoencoders that spoilt latents are decoded with."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Specification:
    """One small autoencoder: latent channels, width, how often sides are halved, how they grow.

    The outer factor of 4 is a pixel shuffle, as in LTX, so that training takes minutes on one core.
    """

    channels: int
    width: int
    halvings: int
    growth: str


SPECIFICATIONS = {
    "a": Specification(4, 64, 3, "nearest"),
    "b": Specification(16, 64, 3, "shuffle"),
    "c": Specification(64, 64, 4, "bilinear"),
}
"""The ways video decoders grow a picture differ, and so do the traces that faults leave."""


def _conv(inputs: int, outputs: int, **how: Any) -> Any:
    from torch import nn

    return nn.Conv2d(inputs, outputs, 3, padding=1, **how)


def _residual(inner: Any, pool: Any, activation: Any) -> Any:
    from torch import nn

    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            if pool is not None:
                self.pool = pool
            setattr(self, "f" if activation is nn.SiLU else "conv", inner)
            self.activation = activation()

        def forward(self, x: Any) -> Any:
            if pool is not None:
                x = x + self.pool(x)
            return self.activation(x + inner(x))

    return Residual()


def _grow(width: int, growth: str) -> list[Any]:
    from torch import nn

    match growth:
        case "shuffle":
            return [_conv(width, 4 * width), nn.PixelShuffle(2)]
        case _:
            return [nn.Upsample(scale_factor=2, mode=growth), _conv(width, width)]


def small_autoencoder(kind: str) -> Any:
    """Return the untrained autoencoder called ``kind`` with parts ``e`` (encoder), ``d``."""
    from torch import nn

    spec = SPECIFICATIONS[kind]
    width = spec.width

    def block() -> Any:
        return _residual(
            nn.Sequential(_conv(width, width), nn.SiLU(), _conv(width, width)), None, nn.SiLU
        )

    down: list[Any] = [nn.PixelUnshuffle(4), _conv(48, width), block()]
    up: list[Any] = [_conv(spec.channels, width), block(), block()]
    for _ in range(spec.halvings - 2):
        down += [_conv(width, width, stride=2), block()]
        up += [*_grow(width, spec.growth), block()]
    encoder = nn.Sequential(*down, _conv(width, spec.channels))
    decoder = nn.Sequential(*up, _conv(width, 48), nn.PixelShuffle(4))
    return nn.ModuleDict({"e": encoder, "d": decoder})


def _tiny_block(*, pooled: bool) -> Any:
    from torch import nn

    inner = nn.Sequential(_conv(64, 64), nn.ReLU(), _conv(64, 64), nn.ReLU(), _conv(64, 64))
    pool = None
    if pooled:
        pool = nn.Sequential(
            nn.Conv2d(64, 256, 1, bias=False),
            nn.GroupNorm(4, 256),
            nn.ReLU(),
            nn.Conv2d(256, 64, 1, bias=False),
        )
    return _residual(inner, pool, nn.ReLU)


def tiny_encoder(channels: int, *, pooled: bool) -> Any:
    """Return the layers that a ``tae*_encoder.pth`` holds the weights of."""
    from torch import nn

    layers: list[Any] = [_conv(3, 64), _tiny_block(pooled=False)]
    for level in range(3):
        layers.append(_conv(64, 64, stride=2, bias=False))
        layers += [_tiny_block(pooled=pooled and level == 2) for _ in range(3)]
    return nn.Sequential(*layers, _conv(64, channels))


def tiny_decoder(channels: int, *, pooled: bool) -> Any:
    """Return the layers that a ``tae*_decoder.pth`` holds the weights of."""
    import torch
    from torch import nn

    class Clamp(nn.Module):
        def forward(self, x: Any) -> Any:
            return torch.tanh(x / 3) * 3

    layers: list[Any] = [Clamp(), _conv(channels, 64), nn.ReLU()]
    for level in range(3):
        layers += [_tiny_block(pooled=pooled and level == 0) for _ in range(3)]
        layers += [nn.Upsample(scale_factor=2), _conv(64, 64, bias=False)]
    return nn.Sequential(*layers, _tiny_block(pooled=False), _conv(64, 3))
