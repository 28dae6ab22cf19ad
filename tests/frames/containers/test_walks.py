"""The walks over a file's chunks find its end, what is missing, and what is too much."""

import io
import struct
import zlib

import pytest

from compat.frames.containers.boxes import walk_mp4
from compat.frames.containers.elements import walk_matroska
from compat.frames.containers.picture_chunks import walk_gif, walk_jpeg, walk_png
from compat.frames.containers.riff import walk_riff
from compat.frames.containers.walk import skeleton_of


def walked(walk, data):
    return walk(io.BytesIO(data), len(data))


def box(name, *content):
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), name) + inside


def nested(*names, inside):
    for name in reversed(names):
        inside = box(name, inside)
    return inside


def table(name, *numbers):
    return box(name, struct.pack(f">{1 + len(numbers)}I", 0, *numbers))


FTYP, MDAT = box(b"ftyp", b"isom\0\0\2\0"), box(b"mdat", bytes(range(200)))
INDEX = ("moov", "trak", "mdia", "minf", "stbl")
STBL = tuple(name.encode() for name in INDEX)


def mp4(*inside):
    return FTYP + MDAT + nested(*STBL, inside=b"".join(inside))


def test_an_mp4_in_order_is_whole():
    found = walked(walk_mp4, mp4(table(b"stsz", 0, 25), table(b"stts", 1, 25, 512)))
    assert (found.missing, found.follows, found.samples) == ("", "", 25)
    assert found.promised == len(mp4(table(b"stsz", 0, 25), table(b"stts", 1, 25, 512)))


@pytest.mark.parametrize("kept", [0, 4, 30, 200])
def test_an_mp4_that_is_cut_promises_more_than_it_has(kept):
    data = FTYP + nested(*STBL, inside=table(b"stsz", 0, 25)) + MDAT
    found = walked(walk_mp4, data[: len(data) - len(MDAT) + 8 + kept])
    assert found.promised == len(data)


def test_an_mp4_without_its_index_says_so():
    assert "moov" in walked(walk_mp4, FTYP + MDAT).missing


BEHIND = {
    "zeros": (bytes(100), "100 bytes of zeros"),
    "text": (b"hello " * 20, "120 bytes of other content"),
    "another clip": (mp4(), "another clip"),
    "a webm": (b"\x1a\x45\xdf\xa3" + bytes(40), "another clip"),
}


@pytest.mark.parametrize("name", BEHIND)
def test_what_stands_behind_an_mp4_is_named(name):
    more, words = BEHIND[name]
    found = walked(walk_mp4, mp4() + more)
    assert (found.follows, found.follows_at) == (words, len(mp4()))


COUNTED = {
    "sizes": (table(b"stsz", 1, 10**9), 10**9),
    "durations": (table(b"stts", 2, 10**8, 1, 10**8, 1), 2 * 10**8),
    "durations of a table that is not there": (table(b"stts", 2**31, 7, 1), 7),
}


@pytest.mark.parametrize("name", COUNTED)
def test_samples_are_counted_before_anybody_makes_room(name):
    inside, samples = COUNTED[name]
    assert walked(walk_mp4, mp4(inside)).samples == samples


def test_samples_of_pieces_are_added_up():
    piece = nested(b"moof", b"traf", inside=table(b"trun", 10**7))
    assert walked(walk_mp4, mp4() + piece * 3).samples == 3 * 10**7


def test_boxes_without_end_are_not_counted_for_ever():
    assert walked(walk_mp4, mp4() + box(b"free") * 200_000).uncounted


@pytest.mark.parametrize("size", [0, 1, 2, 7, 9])
def test_boxes_of_impossible_sizes_end_the_walk(size):
    data = mp4() + struct.pack(">I4s", size, b"free") + bytes(3)
    assert walked(walk_mp4, data).kind == "mp4"


def test_a_box_may_have_a_long_size_or_reach_to_the_end():
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 50) + bytes(50)
    rest = struct.pack(">I4s", 0, b"mdat") + bytes(77)
    found = walked(walk_mp4, FTYP + nested(*STBL, inside=b"") + long + rest)
    assert found.follows == ""
    assert found.promised == len(FTYP + nested(*STBL, inside=b"") + long + rest)


def element(name, content, size=None):
    length = len(content) if size is None else size
    return bytes.fromhex(name) + (length | 1 << 56).to_bytes(8, "big") + content


EBML, SEGMENT, CLUSTER = "1a45dfa3", "18538067", "1f43b675"
OPEN = (1 << 56) - 1


def test_a_matroska_in_order_is_whole():
    data = element(EBML, b"") + element(SEGMENT, element(CLUSTER, b"x" * 50))
    found = walked(walk_matroska, data)
    assert (found.promised, found.unfinished, found.follows) == (len(data), False, "")


def test_a_matroska_that_is_cut_promises_more_than_it_has():
    data = element(EBML, b"") + element(SEGMENT, element(CLUSTER, b"x" * 50))
    assert walked(walk_matroska, data[:-20]).promised == len(data)


def test_an_open_matroska_is_unfinished_and_its_last_cluster_counts():
    inside = element(CLUSTER, b"x" * 50) + element(CLUSTER, b"y" * 50)
    data = element(EBML, b"") + element(SEGMENT, inside, OPEN)
    found = walked(walk_matroska, data[:-10])
    assert (found.unfinished, found.promised) == (True, len(data))


@pytest.mark.parametrize("data", [b"\x1a\x45\xdf\xa3", element(EBML, b""), bytes(20)])
def test_a_matroska_of_a_head_alone_lacks_its_content(data):
    assert walked(walk_matroska, data).missing


def riff(kind, inside, declared=None):
    body = kind + inside
    return b"RIFF" + (len(body) if declared is None else declared).to_bytes(4, "little") + body


@pytest.mark.parametrize("kind", [b"WEBP", b"AVI "])
def test_a_riff_that_is_cut_promises_more_than_it_has(kind):
    data = riff(kind, bytes(100))
    assert walked(walk_riff, data).promised == len(data)
    assert walked(walk_riff, data[:-30]).promised == len(data)


def test_a_long_avi_goes_on_in_a_second_riff():
    data = riff(b"AVI ", bytes(100)) + riff(b"AVIX", bytes(100))
    assert walked(walk_riff, data).follows == ""


@pytest.mark.parametrize("declared", [0, 0xFFFFFFFF])
def test_a_riff_without_a_length_is_unfinished(declared):
    assert walked(walk_riff, riff(b"AVI ", bytes(50), declared)).unfinished


def chunk(name, data=b""):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"IDAT", bytes(50)) + chunk(b"IEND")
GIF = b"GIF89a" + bytes(7) + b"\x21\xf9\x04" + bytes(5) + b"\x2c" + bytes(9) + b"\x02\x01\x00\x00;"
JPEG = b"\xff\xd8\xff\xe0" + bytes(50) + b"\xff\xd9"
PICTURES = {"png": (walk_png, PNG), "gif": (walk_gif, GIF), "jpeg": (walk_jpeg, JPEG)}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_in_order_ends(kind):
    walk, data = PICTURES[kind]
    found = walked(walk, data)
    assert (found.kind, found.ends, found.follows) == (kind, True, "")


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("lost", [1, 9, 20])
def test_a_picture_that_is_cut_does_not_end(kind, lost):
    walk, data = PICTURES[kind]
    assert not walked(walk, data[:-lost]).ends


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_what_stands_behind_a_picture_is_named(kind):
    walk, data = PICTURES[kind]
    assert walked(walk, data + b"hello" * 9).follows == "45 bytes of other content"
    assert walked(walk, data + data).follows == "another clip"


def test_the_walk_is_chosen_by_the_first_bytes(tmp_path):
    for kind, (_, data) in PICTURES.items():
        (tmp_path / "clip").write_bytes(data)
        assert skeleton_of(tmp_path / "clip").kind == kind
    (tmp_path / "clip").write_bytes(b"something else")
    assert skeleton_of(tmp_path / "clip") is None


@pytest.mark.parametrize(
    "walk", [walk_mp4, walk_matroska, walk_riff, walk_gif, walk_png, walk_jpeg]
)
def test_no_walk_minds_what_it_is_given(walk):
    import random

    random.seed(0)
    whole = {walk_mp4: mp4(), walk_matroska: element(EBML, b"") + element(SEGMENT, bytes(60)),
             walk_riff: riff(b"WEBP", bytes(60)), walk_gif: GIF, walk_png: PNG, walk_jpeg: JPEG}[walk]  # fmt: skip  # noqa: E501
    for _ in range(300):
        spoiled = bytearray(whole)
        for _ in range(random.randrange(1, 6)):
            spoiled[random.randrange(len(spoiled))] = random.randrange(256)
        assert walked(walk, bytes(spoiled[: random.randrange(len(spoiled) + 1)])).kind
