"""The denoiser's operations compute something else, as a broken kernel or port does."""

import contextlib
from collections.abc import Iterator
from typing import Any

from tools.preflight_power.faults import parts
from tools.preflight_power.faults.fault import ALL, Fault, Target
from tools.preflight_power.faults.overrides import on_tensor, override, override_here


@contextlib.contextmanager
def _function(name: str, replacement: Any) -> Iterator[None]:
    """While open, ``torch.nn.functional.name`` is ``replacement(original, ...)``."""
    import torch

    functional = torch.nn.functional
    original = getattr(functional, name)
    setattr(functional, name, lambda *a, **k: replacement(original, *a, **k))
    try:
        yield
    finally:
        setattr(functional, name, original)


def within_forward(target: Target, name: str, replacement: Any) -> None:
    """Replace a function of torch.nn.functional while the denoiser computes."""
    denoiser = target.denoiser
    own_forward = type(denoiser).forward

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        with _function(name, replacement):
            return own_forward(self, *args, **kwargs)

    override_here(denoiser, "forward", forward)


def _attention(replacement: Any) -> Any:
    def attention(original: Any, query: Any, key: Any, value: Any, *args: Any, **more: Any) -> Any:
        return replacement(original, query, key, value, *args, **more)

    return lambda target: within_forward(target, "scaled_dot_product_attention", attention)


def _returns_values(original: Any, q: Any, k: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    return v.clone() if v.shape == q.shape else original(q, k, v, *args, **kwargs)


def _returns_zeros(_original: Any, q: Any, _k: Any, v: Any, *_args: Any, **_kwargs: Any) -> Any:
    return v.new_zeros(*q.shape[:-1], v.shape[-1])


def _wrong_scale(factor: float) -> Any:
    def attention(original: Any, q: Any, k: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        return original(q * factor, k, v, *args, **kwargs)

    return attention


def _causal(original: Any, q: Any, k: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    if q.shape == k.shape and not args and kwargs.get("attn_mask") is None:
        kwargs["is_causal"] = True
    return original(q, k, v, *args, **kwargs)


def _first_half(original: Any, q: Any, k: Any, v: Any, *_args: Any, **_kwargs: Any) -> Any:
    half = max(1, k.shape[-2] // 2)
    return original(q, k[..., :half, :], v[..., :half, :])


def _heads_rolled(original: Any, q: Any, k: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    out = original(q, k, v, *args, **kwargs)
    return out.flip(-1) if out.shape[1] == 1 else out.roll(1, 1)


def _nan_row(original: Any, q: Any, k: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    out = original(q, k, v, *args, **kwargs).clone()
    out[..., 0, :] = float("nan")
    return out


def _no_cross(original: Any, q: Any, k: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    out = original(q, k, v, *args, **kwargs)
    return out * 0 if q.shape[-2] != k.shape[-2] else out


def _batch_mixed(original: Any, q: Any, k: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    return original(q, k, v, *args, **kwargs).flip(0)


def _queries_shifted(original: Any, q: Any, k: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
    return original(q.roll(1, -2), k, v, *args, **kwargs)


def _softmax_off(_original: Any, q: Any, k: Any, v: Any, *_args: Any, **_kwargs: Any) -> Any:
    return (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).relu() @ v / k.shape[-2]


def _identity(_original: Any, input: Any, *_args: Any, **_kwargs: Any) -> Any:
    return input


def _linear_transposed(original: Any, x: Any, weight: Any, bias: Any = None) -> Any:
    square = weight.shape[0] == weight.shape[1] and weight.shape[0] > 8
    return original(x, weight.T.contiguous() if square else weight, bias)


def _no_positions(target: Target) -> None:
    import torch

    if target.family == "cogvideox":
        own = type(target.pipeline)

        def none(self: Any, *args: Any, **kwargs: Any) -> Any:
            cos, sin = own._prepare_rotary_positional_embeddings(self, *args, **kwargs)
            return torch.ones_like(cos), torch.zeros_like(sin)

        override(target.pipeline, _prepare_rotary_positional_embeddings=none)
    elif target.family == "animatediff":
        for module in target.denoiser.modules():
            if type(module).__name__ == "SinusoidalPositionalEmbedding":
                override_here(module, "forward", lambda _self, x: x)
    else:
        rope = target.denoiser.rope
        original = type(rope).forward

        def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
            cos, sin = original(self, *args, **kwargs)
            return torch.ones_like(cos), torch.zeros_like(sin)

        override_here(rope, "forward", forward)


def _time_zero(target: Target) -> None:
    layer = parts.time_layer(target)
    original = type(layer).forward

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        return original(self, *args, **kwargs) * 0

    override_here(layer, "forward", forward)


def _skewed_input(target: Target) -> None:
    layer = parts.input_layer(target)
    original = type(layer).forward

    def forward(self: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        return original(self, _skewed(x), *args, **kwargs)

    override_here(layer, "forward", forward)


def _skewed(x: Any) -> Any:
    """Read with a stride one too large: what is contiguous but for its last axes."""
    if x.ndim == 3:
        return x.roll(1, 1) * 0.5 + x.roll(x.shape[1] // 2, 1) * 0.5
    import torch

    return torch.stack([x[..., r, :].roll(r, -1) for r in range(x.shape[-2])], dim=-2)


def _block_output(change: Any) -> Any:
    """Let ``change(given, returned)`` replace what every block returns."""

    def inject(target: Target) -> None:
        for block in parts.blocks(target):
            original = type(block).forward

            def forward(self: Any, *args: Any, _original: Any = original, **kwargs: Any) -> Any:
                given = args[0] if args else kwargs["hidden_states"]
                return on_tensor(
                    _original(self, *args, **kwargs),
                    lambda x: change(given, x) if x.shape == given.shape else x,
                )

            override_here(block, "forward", forward)

    return inject


def predictions(target: Target, change: Any) -> None:
    """Let ``change`` replace what the denoiser predicts."""
    denoiser = target.denoiser
    own_forward = type(denoiser).forward

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        return on_tensor(own_forward(self, *args, **kwargs), change)

    override_here(denoiser, "forward", forward)


def _prediction(change: Any) -> Any:
    return lambda target: predictions(target, change)


def _fresh_noise(x: Any) -> Any:
    import torch

    return x + 0.3 * torch.randn_like(x)


def _half_computed(x: Any) -> Any:
    y = x.clone()
    axis = 1 if x.ndim == 3 else -1
    y.narrow(axis, x.shape[axis] // 2, x.shape[axis] - x.shape[axis] // 2).zero_()
    return y


def _coarse(x: Any) -> Any:
    step = x.float().abs().max().clamp(min=1e-9) / 2
    return ((x / step).round() * step).to(x.dtype)


def _never_refreshed(target: Target) -> None:
    """A cache of the prediction that is filled once and never again."""
    kept: dict[Any, Any] = {}

    def change(x: Any) -> Any:
        return kept.setdefault(tuple(x.shape), x)

    predictions(target, change)


def _fault(fault_id: str, title: str, inject: Any, families: tuple[str, ...] = ALL) -> Fault:
    return Fault(
        id=fault_id, stage="denoiser", title=title, inject=inject, engine=True, families=families
    )


FAULTS = (
    _fault("attention-values", "self-attention returns its values", _attention(_returns_values)),
    _fault("attention-zeros", "attention returns zeros", _attention(_returns_zeros)),
    _fault("attention-sharp", "scores eight times too large", _attention(_wrong_scale(8.0))),
    _fault("attention-flat", "scores a hundredth", _attention(_wrong_scale(0.01))),
    _fault("attention-causal", "self-attention is causal", _attention(_causal)),
    _fault("attention-half", "only the first half of the keys", _attention(_first_half)),
    _fault("attention-heads", "heads in another order", _attention(_heads_rolled)),
    _fault("attention-nan", "one row is NaN", _attention(_nan_row)),
    _fault("attention-no-text", "cross-attention returns zeros", _attention(_no_cross),
           ("ltx", "wan", "animatediff")),
    _fault("attention-batch", "results of the batch exchanged", _attention(_batch_mixed),
           ("ltx", "animatediff", "cogvideox")),
    _fault("attention-shifted", "queries one place on", _attention(_queries_shifted)),
    _fault("attention-no-softmax", "relu in place of softmax", _attention(_softmax_off)),
    _fault("gelu-lost", "gelu does nothing", lambda t: within_forward(t, "gelu", _identity)),
    _fault("silu-lost", "silu does nothing", lambda t: within_forward(t, "silu", _identity)),
    _fault("layer-norm-lost", "layer norm does nothing",
           lambda t: within_forward(t, "layer_norm", _identity),
           ("wan", "hunyuan-video", "animatediff", "cogvideox")),
    _fault("linear-transposed", "square matrices multiplied transposed",
           lambda t: within_forward(t, "linear", _linear_transposed)),
    _fault("no-positions", "rotary or temporal positions dropped", _no_positions),
    _fault("no-time", "the timestep embedding is zero", _time_zero),
    _fault("skewed-input", "latents read with a wrong stride", _skewed_input),
    _fault("residual-lost", "blocks lose their residual", _block_output(lambda a, b: b - a)),
    _fault("blocks-skipped", "blocks hand back what came", _block_output(lambda a, _b: a)),
    _fault("half-computed", "half of the prediction is never written", _prediction(_half_computed)),
    _fault("coarse-prediction", "the prediction has five levels", _prediction(_coarse)),
    _fault("racing-kernel", "fresh noise in every prediction", _prediction(_fresh_noise)),
    _fault("cache-never-refreshed", "the first prediction serves for ever", _never_refreshed),
    _fault("biased-prediction", "the prediction is half a spread too high",
           _prediction(lambda x: x + 0.5)),
)  # fmt: skip
