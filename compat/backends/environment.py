"""The machine and the software, as seen by the interpreter that will compute."""

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import replace

from compat.backends.backend import Backend
from compat.backends.mlx_arrays import Mlx
from compat.backends.torch_cpu import TorchCpu
from compat.backends.torch_cuda import TorchCuda
from compat.backends.torch_mps import TorchMps
from compat.core.codec import to_data
from compat.core.model import Device, Environment

BACKENDS: tuple[Backend, ...] = (TorchCpu(), TorchCuda(), TorchMps(), Mlx())

# Packages whose version can change what a render looks like, or whether it runs.
PACKAGES = (
    "accelerate", "av", "bitsandbytes", "diffusers", "flash-attn", "framegate", "gguf",
    "huggingface-hub", "ltx-core", "ltx-pipelines", "ltx-video", "ml-dtypes", "mlx", "mlx-cpu",
    "mlx-metal", "numpy", "optimum-quanto", "peft", "pillow", "safetensors", "sageattention",
    "sentencepiece", "tokenizers", "torch", "torchao", "torchvision", "transformers", "triton",
    "triton-windows", "xformers",
)  # fmt: skip

# Environment variables by which the frameworks are steered: fallbacks, allocators, precision.
STEERING = ("CUDA_", "CUBLAS_", "HIP_", "HSA_", "MLX_", "NVIDIA_TF32_", "PYTORCH_", "TORCH_")


def detect_environment(backends: Iterable[Backend] = BACKENDS) -> Environment:
    """Look at this interpreter and its devices; imports the frameworks, so call it in a worker.

    ``fingerprint`` is the SHA-256 of the canonical JSON of everything in the answer: what may
    change a render, and nothing that changes by itself such as free memory.
    """
    asked = tuple(backends)
    devices = tuple(device for backend in asked for device in backend.devices())
    versions = dict(package_versions())
    for backend in asked:
        versions.update(backend.versions())
    return compose(devices=devices, versions=versions, settings=settings())


def compose(
    *, devices: tuple[Device, ...], versions: Mapping[str, str], settings: Mapping[str, str]
) -> Environment:
    """Put the parts together and digest them."""
    environment = Environment(
        os=operating_system(),
        machine=platform.machine(),
        python=f"{platform.python_version()} ({platform.python_implementation()})",
        packages=dict(sorted(versions.items())),
        settings=dict(sorted(settings.items())),
        devices=devices,
        fingerprint="",
    )
    canonical = json.dumps(to_data(environment), sort_keys=True, ensure_ascii=True)
    return replace(environment, fingerprint=hashlib.sha256(canonical.encode("ascii")).hexdigest())


def package_versions() -> Mapping[str, str]:
    """Versions of the installed packages of :data:`PACKAGES`; reads metadata, imports none."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def settings() -> Mapping[str, str]:
    """The environment variables that steer the frameworks."""
    return {name: value for name, value in os.environ.items() if name.startswith(STEERING)}


def operating_system() -> str:
    """System and release, such as ``macOS 26.2``.

    The Linux kernel is left out: it changes with every reboot of a rolling system and no render
    depends on it beyond the drivers, which have versions of their own.
    """
    if release := platform.mac_ver()[0]:
        return f"macOS {release}"
    if platform.system() == "Linux":
        return f"Linux ({_distribution()})"
    return f"{platform.system()} {platform.version()}"


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.libc_ver()[0] or "unknown distribution"
