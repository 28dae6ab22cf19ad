"""Notes, packet by packet and frame by frame, how decoding a video goes."""

from typing import Any

from compat.frames.clip import Clip

# These hold an order of packets and no times of frames.
UNTIMED = frozenset({"avi", "h264", "hevc", "m4v", "mpegvideo", "mjpeg", "obu", "vvc"})
# A run of so many zero bytes: no entropy coder writes it, a hole in a file is a page or more.
ZERO_RUN = bytes(256)
ENTROPY_CODED = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "libvpx-vp9"})


def decoded(clip: Clip, packet: Any) -> list[Any]:
    """Decode one packet; what the decoder complains of while it patches a picture is kept."""
    import av

    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture(local=True) as said:
            pictures: list[Any] = packet.decode()
    finally:
        av.logging.set_level(av.logging.PANIC)
    passage = clip.passage
    words = [text.strip() for _, component, text in said if component == clip.info.codec]
    if words:
        passage.patched.append(len(passage.times))
        passage.complaint = passage.complaint or words[0][:80]
    return pictures


def note_failure(clip: Clip) -> None:
    """Count a packet that does not decode, or a picture that cannot be shown."""
    passage = clip.passage
    if not passage.broken:
        passage.broken_after = len(passage.times)
    passage.broken += 1
    passage.packets += 1


def note_packet(clip: Clip, packet: Any) -> None:
    """Count a packet, and look whether it is what an encoder writes."""
    if packet.size == 0:
        return
    passage = clip.passage
    if passage.packets == 0:
        passage.first_is_key = bool(packet.is_keyframe)
    passage.hidden += bool(packet.is_discard)
    if clip.info.codec in ENTROPY_CODED and ZERO_RUN in bytes(packet):
        passage.zeroed.append(passage.packets)
    passage.packets += 1


def note_frame(clip: Clip, picture: Any) -> None:
    """Keep when a frame is shown and whether the decoder trusts it."""
    passage = clip.passage
    shown = None if picture.time is None else float(picture.time)
    before = passage.times[-1] if passage.times else None
    timed = clip.info.container not in UNTIMED
    if timed and shown is not None and before is not None and shown <= before:
        passage.disordered += 1
    if picture.is_corrupt:
        passage.spoiled.append(len(passage.times))
    if not passage.times:
        passage.stored = picture.width, picture.height
        passage.turned = round(picture.rotation / 90) * 90 % 360
    length = picture.duration or 0
    passage.lengths.append(float(length * picture.time_base) if picture.time_base else 0.0)
    passage.times.append(shown)
