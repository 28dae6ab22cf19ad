"""The layers that a ``tae*`` tiny autoencoder file holds the weights of."""

from typing import Any


def _conv(inputs: int, outputs: int, **how: Any) -> Any:
    from torch import nn

    return nn.Conv2d(inputs, outputs, 3, padding=1, **how)


def _residual(inner: Any, pool: Any) -> Any:
    from torch import nn

    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            if pool is not None:
                self.pool = pool
            self.conv = inner
            self.activation = nn.ReLU()

        def forward(self, x: Any) -> Any:
            if pool is not None:
                x = x + self.pool(x)
            return self.activation(x + inner(x))

    return Residual()


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
    return _residual(inner, pool)


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
