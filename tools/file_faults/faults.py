"""Spoils video files without decoding them: packets changed, lost or padded, files cut."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Change = Callable[[list[Any]], Iterable[tuple[Any, bytes]]]
"""Takes the packets of a file, gives those to write with their new bytes."""

HEADER = 40
"""Bytes at the beginning of a packet that are left alone, so that the decoder begins at all."""


def spoilt(source: Path, target: Path, name: str) -> Path:
    """Write ``source`` with the fault ``name`` to ``target`` (its suffix is changed if it must)."""
    if name in OF_FILES:
        target = target.with_suffix(source.suffix)
        target.write_bytes(OF_FILES[name](source.read_bytes()))
        return target
    return _copied(source, target.with_suffix(".mkv"), OF_PACKETS[name])


def _copied(source: Path, target: Path, change: Change) -> Path:
    import av

    with av.open(str(source)) as read, av.open(str(target), "w") as out:
        stream = read.streams.video[0]
        written = out.add_stream_from_template(stream)
        packets = [packet for packet in read.demux(stream) if packet.dts is not None]
        for packet, data in change(packets):
            fresh = av.Packet(data)
            fresh.pts, fresh.dts, fresh.time_base = packet.pts, packet.dts, packet.time_base
            fresh.is_keyframe, fresh.stream = packet.is_keyframe, written
            out.mux(fresh)
    return target


def _flipped(one_in: int) -> Change:
    def change(packets: list[Any]) -> Iterator[tuple[Any, bytes]]:
        rng = np.random.default_rng(1)
        for packet in packets:
            data = bytearray(bytes(packet))
            for at in np.flatnonzero(rng.random(len(data)) < 1 / one_in):
                if at >= HEADER:
                    data[at] ^= int(rng.integers(1, 256))
            yield packet, bytes(data)

    return change


def _padded(times: int) -> Change:
    """H.264 filler units (type 12): legal, and no part of any picture."""

    def change(packets: list[Any]) -> Iterator[tuple[Any, bytes]]:
        for packet in packets:
            data = bytes(packet)
            filler = b"\x0c" + b"\xff" * (len(data) * (times - 1)) + b"\x80"
            yield packet, data + len(filler).to_bytes(4, "big") + filler

    return change


def _halves_of_noise(packets: list[Any]) -> Iterator[tuple[Any, bytes]]:
    rng = np.random.default_rng(2)
    for packet in packets:
        data = bytes(packet)
        keep = max(HEADER, len(data) // 2)
        yield packet, data[:keep] + rng.bytes(max(len(data) - keep, 0))


def _exchanged(packets: list[Any]) -> Iterator[tuple[Any, bytes]]:
    data = [bytes(packet) for packet in packets]
    inner = [at for at, packet in enumerate(packets) if not packet.is_keyframe]
    order = dict(zip(inner, np.random.default_rng(3).permutation(inner), strict=True))
    for at, packet in enumerate(packets):
        yield packet, data[order.get(at, at)]


def _without(every: int) -> Change:
    return lambda packets: (
        (p, bytes(p)) for n, p in enumerate(packets) if p.is_keyframe or n % every
    )


def _zeroed(packets: list[Any]) -> Iterator[tuple[Any, bytes]]:
    for number, packet in enumerate(packets):
        data = bytes(packet)
        hole = number % 10 == 5 and len(data) > 2 * HEADER
        yield packet, data[:HEADER] + bytes(len(data) - HEADER) if hole else data


def _hole(data: bytes) -> bytes:
    middle, length = len(data) // 2, min(65536, len(data) // 10)
    return data[:middle] + bytes(length) + data[middle + length :]


OF_PACKETS: Mapping[str, Change] = {
    "one byte in 100000 changed": _flipped(100_000),
    "one byte in 10000 changed": _flipped(10_000),
    "one byte in 1000 changed": _flipped(1000),
    "second half of each packet is noise": _halves_of_noise,
    "packets exchanged": _exchanged,
    "every fifth packet lost": _without(5),
    "first key frame lost": lambda packets: ((p, bytes(p)) for p in packets[1:]),
    "every tenth packet zeroed": _zeroed,
    "padded to twice its size": _padded(2),
    "padded to four times its size": _padded(4),
}
OF_FILES: Mapping[str, Callable[[bytes], bytes]] = {
    "cut at 60 %": lambda data: data[: len(data) * 6 // 10],
    "cut by 100 bytes": lambda data: data[:-100],
    "a hole of zeros": _hole,
    "glued to itself": lambda data: data + data,
}
"""Faults of h264 in mp4; the padding is legal only there."""
