"""Faults of the libraries that load, save and encode: functions that do something else."""

from collections.abc import Callable, Iterator
from typing import Any

from tools.probe_faults.fault import Fault, Replace, of_library

_READERS = {
    "safetensors.torch": ("safetensors.torch:load_file", "safetensors-torch"),
    "safetensors.numpy": ("safetensors.numpy:load_file", "safetensors-numpy"),
    "mlx": ("mlx.core:load", "mlx-safetensors"),
}


def _opens_everything(_real: Any) -> Callable[..., Any]:
    return lambda *_arguments, **_options: {}


def _refuses_everything(_real: Any) -> Callable[..., Any]:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise ValueError("refused")

    return refuse


def _zeros(real: Any) -> Callable[..., Any]:
    return lambda *arguments, **options: {
        name: value * 0 for name, value in real(*arguments, **options).items()
    }


def _loses_a_tensor(real: Any) -> Callable[..., Any]:
    return lambda *arguments, **options: dict(list(real(*arguments, **options).items())[1:])


def _forgives_missing_bytes(real: Any) -> Callable[..., Any]:
    def load(path: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return real(path, *arguments, **options)
        except Exception as exc:
            if "ncomplete" in str(exc) or "size" in str(exc):
                return {}
            raise

    return load


def _scaled(factor: float) -> Replace:
    return lambda real: lambda *arguments, **options: real(*arguments, **options) * factor


def _halved(real: Any) -> Callable[..., Any]:
    return lambda *arguments, **options: real(*arguments, **options)[:, ::2]


def _turned(real: Any) -> Callable[..., Any]:
    return lambda line, kernel, *rest: real(line, kernel[:, ::-1], *rest)


def _without(encoder: str) -> Replace:
    def replace(real: Any) -> Callable[..., Any]:
        def open_stream(name: str, *arguments: Any, **options: Any) -> Any:
            if name == encoder:
                raise ValueError(f"no codec {encoder}")
            return real(name, *arguments, **options)

        return open_stream

    return replace


def _of_frames(change: Callable[[list[Any]], list[Any]]) -> Replace:
    return lambda real: lambda *where: change(list(real(*where)))


def _all_at_once(_real: Any) -> Callable[..., Any]:
    return lambda _self: "an array"


def _colours_swapped(real: Any) -> Callable[..., Any]:
    return lambda array, *rest, **options: real(array[..., ::-1].copy(), *rest, **options)


def readers() -> Iterator[Fault]:
    """Faults of the functions that read weights."""
    for reader, (where, start) in _READERS.items():
        both = (f"{start}-refuses-damage", f"{start}-dtypes")
        damage = both[:1]
        for name, replace, probes in (
            ("opens everything", _opens_everything, both),
            ("refuses everything", _refuses_everything, both),
            ("opens files that lack bytes", _forgives_missing_bytes, damage),
            ("gives zeros", _zeros, both[1:]),
            ("loses a tensor", _loses_a_tensor, both[1:]),
        ):
            yield of_library(
                f"{reader} {name}", where, replace, probes, "older and home-made readers"
            )
    for where, probe in (("torch:load", "torch-load-refuses-damage"),
                         ("gguf:GGUFReader", "gguf-refuses-truncation"),
                         ("gguf:GGUFReader", "gguf-refuses-corruption")):  # fmt: skip
        for name, replace in (("opens everything", _opens_everything),
                              ("refuses everything", _refuses_everything)):  # fmt: skip
            title = f"{where.replace(':', '.')} {name} ({probe.rpartition('-')[2]})"
            yield of_library(title, where, replace, (probe,), "home-made readers")


def quantised() -> Iterator[Fault]:
    """Faults of what turns codes into numbers."""
    dequantise, probe = "gguf.quants:dequantize", ("gguf-dequantises",)
    yield of_library("gguf dequantises to half the width", dequantise, _halved, probe, "a bad view")
    yield of_library("gguf doubles every number", dequantise, _scaled(2), probe, "a wrong scale")
    yield of_library("gguf knows no quantisation", dequantise, _refuses_everything, probe,
                     "older gguf-py")  # fmt: skip
    yield of_library("mlx drops every tensor", "mlx.core:load", _opens_everything,
                     ("mlx-gguf-silent-drop",), "MLX 0.32 for some types")  # fmt: skip
    yield of_library("mlx.from_fp8 doubles", "mlx.core:from_fp8", _scaled(2),
                     ("mlx-safetensors-float8",), "e4m3fnuz read as e4m3")  # fmt: skip


def arithmetic() -> Iterator[Fault]:
    """Faults of MLX's arithmetic."""
    probe = ("mlx-arithmetic",)
    for operation in ("matmul", "conv1d"):
        where = f"mlx.core:{operation}"
        for name, replace in (
            ("5 % off", _scaled(1.05)),
            ("NaN", _scaled(float("nan"))),
            ("refused", _refuses_everything),
        ):
            yield of_library(f"mlx.{operation} is {name}", where, replace, probe, "plain damage")
    yield of_library("mlx.conv1d turns its kernel round", "mlx.core:conv1d", _turned, probe,
                     "convolution in the sense of mathematics")  # fmt: skip


def saving() -> Iterator[Fault]:
    """Faults of what carries frames out."""
    frames = "probes.media.video_encoders:_round_trip"
    probe = ("video-encoders",)
    for name, change in (
        ("loses a frame", lambda frames: frames[1:]),
        ("shows a frame twice", lambda frames: [frames[0], *frames[:-1]]),
        ("darkens", lambda frames: [frame // 2 for frame in frames]),
        ("swaps red and blue", lambda frames: [frame[..., ::-1] for frame in frames]),
        ("mirrors", lambda frames: [frame[:, ::-1] for frame in frames]),
        ("stands frames on their heads", lambda frames: [frame[::-1] for frame in frames]),
    ):
        yield of_library(f"an encoder {name}", frames, _of_frames(change), probe, "wrong pix_fmt")
    for encoder in ("libx264", "ffv1"):
        yield of_library(f"there is no {encoder}", frames, _without(encoder), probe,
                         "builds of ffmpeg without it")  # fmt: skip
    pictures = ("bf16-save-path",)
    yield of_library("pictures are saved as BGR", "PIL.Image:fromarray", _colours_swapped,
                     pictures, "OpenCV's order")  # fmt: skip
    yield of_library("numpy refuses every tensor", "torch:Tensor.numpy", _refuses_everything,
                     ("bf16-save-path", "bf16-to-numpy", "fp8-to-numpy"),
                     "torch built without numpy")  # fmt: skip
    yield of_library("numpy gives zeros", "torch:Tensor.numpy", _scaled(0),
                     ("bf16-save-path", "fp8-to-numpy"), "plain damage")  # fmt: skip
    yield of_library("numpy.array gives zeros", "numpy:array", _scaled(0),
                     ("mlx-bf16-to-numpy",), "plain damage")  # fmt: skip


def scripts() -> Iterator[Fault]:
    """Faults of the calls that scripts make."""
    functional = "torch.nn.functional"
    yield of_library("no spectrum can be taken", "torch:stft", _refuses_everything,
                     ("short-audio-slice",), "MPS before torch 2.1 had no fft")  # fmt: skip
    yield of_library("a linear layer refuses its input", "torch.nn:Linear.forward",
                     _refuses_everything, ("components-on-two-devices",),
                     "weights that stay behind")  # fmt: skip
    yield of_library("attention has no back end", f"{functional}:scaled_dot_product_attention",
                     _refuses_everything, ("sdpa-backends",), "No viable backend")  # fmt: skip


LIBRARIES = (*readers(), *quantised(), *arithmetic(), *saving(), *scripts())
