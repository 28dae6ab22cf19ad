"""Which video encoders PyAV brings, asked without opening a file."""

from collections.abc import Mapping

# The first writes MP4 that plays everywhere, the second keeps segments without loss.
ENCODERS = ("libx264", "ffv1", "libx265", "libvpx-vp9", "libsvtav1")
NEEDED = ("libx264", "ffv1")


def encoders() -> Mapping[str, str]:
    """Each of :data:`ENCODERS` with its long name, or "" where this PyAV lacks it."""
    from av.codec import Codec

    found = {}
    for name in ENCODERS:
        try:
            found[name] = Codec(name, "w").long_name
        except ValueError:
            # PyAV's UnknownCodecError, which is a ValueError in every release.
            found[name] = ""
    return found
