"""The VAE is another one, or decodes wrongly."""

from typing import Any

from tools.preflight_power.faults.fault import ALL, Fault, Target
from tools.preflight_power.faults.overrides import on_tensor, override, override_here
from tools.preflight_power.faults.parts import matrices

WITH_STATISTICS = ("ltx", "wan")
"""Their VAEs hold a mean and a spread per channel; the others a single factor."""


def _decoded(change: Any) -> Any:
    """Let ``change`` replace what the VAE decodes: [.., 3, frames, h, w] or [frames, 3, ..]."""

    def inject(target: Target) -> None:
        own = type(target.vae)

        def decode(self: Any, *args: Any, **kwargs: Any) -> Any:
            return on_tensor(own.decode(self, *args, **kwargs), change)

        override(target.vae, decode=decode)

    return inject


def _decoded_here(change: Any) -> Any:
    """The same, as the device's own fault: what is computed elsewhere is right."""

    def inject(target: Target) -> None:
        own = type(target.vae)

        def decode(self: Any, *args: Any, **kwargs: Any) -> Any:
            return on_tensor(own.decode(self, *args, **kwargs), change)

        override_here(target.vae, "decode", decode)

    return inject


def _decoder_layers(target: Target) -> list[Any]:
    return [weight for _, weight in matrices(target.vae.decoder)]


def _never_loaded(part: str) -> Any:
    def inject(target: Target) -> None:
        import torch

        generator = torch.Generator().manual_seed(int(target.rng.integers(1 << 30)))
        module = target.vae.decoder if part == "decoder" else target.vae
        for _, weight in matrices(module):
            noise = torch.randn(weight.shape, generator=generator) / weight[0].numel() ** 0.5
            weight.copy_(noise.to(weight.dtype))

    return inject


def _other_generation(target: Target) -> None:
    """The same VAE with its latent channels turned, as another training run would have them."""
    import torch

    vae = target.vae
    own = type(vae)
    channels = vae.config.get("latent_channels") or vae.config.z_dim
    generator = torch.Generator().manual_seed(int(target.rng.integers(1 << 30)))
    turn, _ = torch.linalg.qr(torch.randn(channels, channels, generator=generator))

    def turned(x: Any, matrix: Any) -> Any:
        return torch.einsum("oc,bc...->bo...", matrix.to(x.dtype), x)

    def decode(self: Any, latents: Any, *args: Any, **kwargs: Any) -> Any:
        return own.decode(self, turned(latents, turn.T), *args, **kwargs)

    def encode(self: Any, *args: Any, **kwargs: Any) -> Any:
        output = own.encode(self, *args, **kwargs)
        output.latent_dist.mean = turned(output.latent_dist.mean, turn)
        return output

    override(vae, decode=decode, encode=encode)


def _factor(factor: float) -> Any:
    def inject(target: Target) -> None:
        vae = target.vae
        scaling = float(vae.config.get("scaling_factor", 1.0) or 1.0)
        if target.family == "wan":
            spread = [value * factor for value in vae.config.latents_std]
            vae.register_to_config(latents_std=spread)
        else:
            vae.register_to_config(scaling_factor=scaling / factor)
        if target.family == "cogvideox":
            target.pipeline.vae_scaling_factor_image = scaling / factor

    return inject


def _statistics_missing(target: Target) -> None:
    vae = target.vae
    if target.family == "wan":
        count = len(vae.config.latents_mean)
        vae.register_to_config(latents_mean=[0.0] * count, latents_std=[1.0] * count)
    else:
        vae.latents_mean.zero_()
        vae.latents_std.fill_(1.0)


def _zeroed_block(target: Target) -> None:
    blocks = [m for m in target.vae.decoder.modules() if "UpBlock" in type(m).__name__]
    blocks += [m for m in target.vae.decoder.modules() if "UpBlock3D" in type(m).__name__]
    chosen = blocks[int(target.rng.integers(len(blocks)))] if blocks else target.vae.decoder
    for parameter in chosen.parameters():
        parameter.data.zero_()


def _zeroed_matrix(target: Target) -> None:
    largest = sorted(_decoder_layers(target), key=lambda w: w.numel())[-4:]
    largest[int(target.rng.integers(len(largest)))].zero_()


def _flipped_kernels(target: Target) -> None:
    for weight in _decoder_layers(target):
        if weight.ndim >= 4:
            weight.copy_(weight.flip(-1, -2))


def _transposed_kernels(target: Target) -> None:
    for weight in _decoder_layers(target):
        if weight.ndim >= 4 and weight.shape[0] == weight.shape[1]:
            weight.copy_(weight.transpose(0, 1).clone())


def _one_value(value: float) -> Any:
    def inject(target: Target) -> None:
        layers = _decoder_layers(target)
        weight = layers[int(target.rng.integers(len(layers)))]
        weight.view(-1)[int(target.rng.integers(weight.numel()))] = value

    return inject


def _scale_forgotten(target: Target) -> None:
    for weight in _decoder_layers(target):
        weight.mul_(448.0 / max(float(weight.abs().max()), 1e-6))


def _tiles(x: Any) -> Any:
    y = x.clone()
    half = x.shape[-1] // 2
    y[..., half:] = (0.55 * y[..., half:] + 0.35).to(y.dtype)
    return y


def _tiles_misplaced(x: Any) -> Any:
    import torch

    left, right = x.chunk(2, -1)
    return torch.cat([right, left], -1)


def _tiles_of_32(x: Any) -> Any:
    """Tiles decoded apart and laid beside each other without a blend: each has its own tone."""
    import torch

    generator = torch.Generator().manual_seed(4)
    y = x.clone()
    for row in range(0, x.shape[-2], 32):
        for column in range(0, x.shape[-1], 32):
            tone = 0.5 * torch.randn(1, generator=generator).item()
            y[..., row : row + 32, column : column + 32] += tone
    return y


def _frames_in_chunks(x: Any) -> Any:
    if x.ndim == 4:
        return x.flip(0)
    import torch

    first, second = x[:, :, : x.shape[2] // 2], x[:, :, x.shape[2] // 2 :]
    return torch.cat([second, first], 2)


def _overflow(value: float) -> Any:
    def change(x: Any) -> Any:
        limit = x.float().abs().quantile(0.8) if x.numel() < 1_000_000 else x.float().std()
        return x.masked_fill(x.float().abs() > limit, value)

    return change


def _grey(x: Any) -> Any:
    return x * 0


def _first_channel(x: Any) -> Any:
    axis = 1
    return x.narrow(axis, 0, 1).expand_as(x).clone()


def _checkerboard(x: Any) -> Any:
    y = x.clone()
    y[..., ::2, 1::2] = -1
    y[..., 1::2, ::2] = 1
    return y


def _fault(fault_id: str, title: str, inject: Any, families: tuple[str, ...] = ALL) -> Fault:
    return Fault(id=fault_id, stage="vae", title=title, inject=inject, families=families)


FAULTS = (
    _fault("vae-never-loaded", "random weights: no key fitted", _never_loaded("whole")),
    _fault("decoder-never-loaded", "random decoder, right encoder", _never_loaded("decoder")),
    _fault("vae-other-generation", "another VAE of the same shape", _other_generation),
    _fault("vae-scale-5", "scaling factor five times too small", _factor(5.0)),
    _fault("vae-scale-0.2", "scaling factor five times too large", _factor(0.2)),
    _fault("vae-statistics-missing", "mean and spread per channel are missing",
           _statistics_missing, WITH_STATISTICS),
    _fault("vae-zeroed-block", "one block of the decoder is zero", _zeroed_block),
    _fault("vae-zeroed-matrix", "one large kernel of the decoder is zero", _zeroed_matrix),
    _fault("vae-flipped-kernels", "kernels mirrored (convolution for correlation)",
           _flipped_kernels),
    _fault("vae-transposed-kernels", "kernels with inputs and outputs exchanged",
           _transposed_kernels),
    _fault("vae-nan-weight", "one weight of the decoder is NaN", _one_value(float("nan"))),
    _fault("vae-huge-weight", "one weight of the decoder is 30000", _one_value(3e4)),
    _fault("vae-fp8-scale-forgotten", "fp8 decoder without its scales", _scale_forgotten),
    _fault("vae-rows-as-columns", "height and width exchanged",
           _decoded(lambda x: x.transpose(-1, -2).reshape(x.shape))),
    _fault("vae-half-dark", "one half in another tone", _decoded(_tiles)),
    _fault("vae-tiles-exchanged", "left and right tile exchanged", _decoded(_tiles_misplaced)),
    _fault("vae-tiles-unblended", "tiles of 32 with a tone each", _decoded(_tiles_of_32)),
    _fault("vae-chunks-exchanged", "chunks of frames in another order",
           _decoded(_frames_in_chunks)),
    _fault("vae-overflow-inf", "overflow gives Inf", _decoded_here(_overflow(float("inf")))),
    _fault("vae-overflow-clamped", "overflow clamped to white", _decoded_here(_overflow(1.0))),
    _fault("vae-overflow-nan", "overflow gives NaN", _decoded_here(_overflow(float("nan")))),
    _fault("vae-grey", "the decoder gives zeros", _decoded(_grey)),
    _fault("vae-one-channel", "one colour for all three", _decoded(_first_channel)),
    _fault("vae-checkerboard", "every other pixel is not written", _decoded_here(_checkerboard)),
    _fault("vae-tripled-contrast", "output three times too strong", _decoded(lambda x: 3 * x)),
)  # fmt: skip
