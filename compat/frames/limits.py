"""How much a clip may ask for before the rest of it is left: pixels, frames, samples."""

from dataclasses import dataclass

MAX_PIXELS = 8192 * 4608
"""One frame of 8K, DCI width and 16:9 height; no video model renders more. A frame of it is 113 MB
as RGB, and a hostile header may claim 2^31 squared."""
MAX_SIDE = 16384
"""Wider than any panorama that is shown as a video, and half of what pillow and ffmpeg index."""
MAX_FRAMES = 200_000
"""More than two hours at 25 frames a second; the judge keeps some 2.5 KB a frame: 0.5 GB."""
MAX_WORK = 400_000_000_000
"""Pixels in all: two hours of 1920x1080, which take about two hours to judge on one core."""
WORK_AT_FIRST, WORK_PER_BYTE = 20_000_000_000, 100_000
"""Pixels that any file may ask for (five minutes of work), and further ones for each of its bytes.
Encoders spend some 40 bytes on a frame of 1920x1080 in which nothing changes; a file made to keep
a reader busy spends ten on 8192x4608."""
MAX_SAMPLES = 20_000_000
"""Samples of one track of an mp4: four days of sound at 60 packets a second. ffmpeg holds 24 bytes
for each in memory before it has read one."""


@dataclass(slots=True)
class Budget:
    """Counts what has been read of a clip whose file has so many ``bytes``."""

    bytes: int
    frames: int = 0
    pixels: int = 0

    def spent(self, pixels: int) -> str:
        """Count one frame; say why no more are read, empty while there is something left."""
        self.frames += 1
        self.pixels += pixels
        if self.frames >= MAX_FRAMES:
            return f"{MAX_FRAMES} frames are the most that is read of one clip"
        most = min(MAX_WORK, WORK_AT_FIRST + WORK_PER_BYTE * self.bytes)
        if self.pixels >= most:
            return f"{most / 1e9:.0f} billion pixels are the most that is read of such a file"
        return ""
