"""The noun of encoding again: bytes in the file against new ones, for the very same frames."""

from dataclasses import dataclass

HEADERS = 64
"""Bytes a frame that are no picture: headers, markers, the text that x264 writes once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Bytes of the same frames in the file and encoded again; ``why`` is said where not done.

    ``own_key`` and ``again_key`` are those of key frames alone; ``seconds`` is the processor time
    that decoding and encoding them took.
    """

    frames: int = 0
    own: int = 0
    again: int = 0
    own_key: int = 0
    again_key: int = 0
    codec: str = ""
    seconds: float = 0.0
    why: str = ""

    @property
    def ratio(self) -> float | None:
        """Own bytes over new ones, headers allowed for; None where not compared."""
        if self.why or not self.frames:
            return None
        return (self.own + HEADERS * self.frames) / (self.again + HEADERS * self.frames)
