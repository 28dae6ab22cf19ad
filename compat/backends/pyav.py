"""Which video codecs PyAV brings, asked without opening a file."""

from typing import Any

from compat.backends.backend import import_framework
from compat.backends.machine.model import Codecs
from compat.backends.machine.video import HARDWARE, codecs, names_to_ask

NEEDED = ("libx264", "ffv1")
"""Encoders of every render: MP4 that plays everywhere, and segments kept without loss."""


def pyav_codecs() -> Codecs:
    """What the PyAV of this interpreter can write and read; with the reason where there is none."""
    module, reason = import_framework("av.codec")
    if module is None:
        return Codecs(library="PyAV", problem=reason)
    import av

    writers, readers = names_to_ask()
    hardware = (name for name in module.codecs_available if HARDWARE.fullmatch(name))
    return codecs(
        f"PyAV {av.__version__}",
        (name for name in (*writers, *hardware) if _has(module.Codec, name, "w")),
        (name for name in readers if _has(module.Codec, name, "r")),
    )


def _has(codec: Any, name: str, mode: str) -> bool:
    try:
        codec(name, mode)
    except ValueError:
        # PyAV's UnknownCodecError, which is a ValueError in every release.
        return False
    return True
