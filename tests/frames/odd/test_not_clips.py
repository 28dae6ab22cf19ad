"""Files that are no clips are refused in one sentence, and nothing that they name is opened."""

import os
import socket
import struct
import threading

import pytest

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
MPD = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{}</BaseURL></MPD>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><image href="{}"/></svg>'
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"


def text(name, words):
    return lambda m: m.raw(name, words.encode())


def pipe(m):
    os.mkfifo(m.folder / "clip.mp4")
    return m.folder / "clip.mp4"


def bound_socket(m):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.fspath(m.folder / "clip.mp4"))
    return m.folder / "clip.mp4"


def dangling(m):
    (m.folder / "clip.mp4").symlink_to("nowhere.mp4")
    return m.folder / "clip.mp4"


def round_link(m):
    (m.folder / "clip.mp4").symlink_to("clip.mp4")
    return m.folder / "clip.mp4"


def linked_device(m):
    (m.folder / "clip.mp4").symlink_to("/dev/zero")
    return m.folder / "clip.mp4"


def without_index(m):
    path = m.video("a.mp4")
    data = path.read_bytes()
    return m.raw("b.mp4", data[: data.find(b"moov") - 4])


def many_samples(m):
    """An mp4 whose index claims two billion samples of one byte."""
    path = m.video("a.mp4")
    at = path.read_bytes().find(b"stsz")
    return m.patched(path, at + 8, struct.pack(">II", 1, 2_000_000_000))


def many_in_a_piece(m):
    """A fragment that claims a hundred million samples without a byte for any of them."""
    path = m.video("a.mp4", container={"movflags": "frag_keyframe+empty_moov"})
    at = path.read_bytes().find(b"trun")
    return m.patched(path, at + 4, struct.pack(">II", 0, 100_000_000))


def wide_video(m):
    """An mp4 whose track and sample entry claim 60000 by 60000."""
    path = m.video("a.mkv", codec="ffv1", pix_fmt="bgr0")
    data = bytearray(path.read_bytes())
    for name in (b"\xb0\x82", b"\xba\x82"):
        at = data.find(name)
        data[at + 2 : at + 4] = b"\xea\x60"
    return m.raw("b.mkv", bytes(data))


def only_cover(m):
    return m.sound("a.m4a")


REFUSED = {
    "nothing": (lambda m: m.folder / "none.mp4", "does not exist"),
    "an empty file": (lambda m: m.raw("a.mp4", b""), "0 bytes"),
    "zeros": (lambda m: m.raw("a.mp4", bytes(9000)), "zero"),
    "a web page": (text("a.mp4", "<!doctype html><html><body>404</body></html>"), "page"),
    "a storage error": (text("a.mp4", "<?xml version='1.0'?><Error><Code>AccessDenied</Code>"),
                        "AccessDenied"),
    "a git-lfs pointer": (text("a.mp4", LFS), "git-lfs"),
    "a text": (text("a.mp4", "hello\n" * 50), "begins with the text"),
    "an answer in JSON": (text("a.mp4", '{"error": "not found"}'), "not a clip"),
    "weights": (lambda m: m.raw("a.mp4", b"GGUF" + bytes(99)), "GGUF"),
    "a PDF": (lambda m: m.raw("a.mp4", b"%PDF-1.7\n" + bytes(99)), "PDF"),
    "a playlist": (text("a.m3u8", PLAYLIST.format("clip.mp4")), "never followed"),
    "a playlist called mp4": (text("a.mp4", PLAYLIST.format("clip.mp4")), "never followed"),
    "a concat script": (text("a.ffconcat", "ffconcat version 1.0\nfile clip.mp4\n"),
                        "never followed"),
    "a concat script without a head": (text("a.txt", "file 'clip.mp4'\n"), "never followed"),
    "an SDP": (text("a.sdp", SDP), "never followed"),
    "a DASH playlist": (text("a.mpd", MPD.format("clip.mp4")), "DASH|storage"),
    "an SVG": (text("a.svg", SVG.format("clip.png")), "SVG|page"),
    "subtitles": (text("a.srt", "1\n00:00:00,000 --> 00:00:01,000\nhello\n"), "subtitles"),
    "web subtitles": (text("a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n"), "subtitles"),
    "sound alone": (only_cover, "only audio"),
    "a pipe": (pipe, "named pipe"),
    "a socket": (bound_socket, "socket"),
    "a link to nothing": (dangling, "not there|does not exist"),
    "a link to itself": (round_link, "cannot be read|not there"),
    "a link to a device": (linked_device, "device"),
    "an mp4 without its index": (without_index, "index"),
    "an mp4 of two billion samples": (many_samples, "2000000000 samples"),
    "a fragment of 100 million samples": (many_in_a_piece, "100000000 samples"),
    "a video of 60000 by 60000": (wide_video, "60000x|not a video"),
    "a program": (lambda m: m.raw("a.mp4", b"\x7fELF" + bytes(range(256)) * 20), "a Linux program"),
    "noise": (lambda m: m.raw("a.mp4", os.urandom(5000)), "not a video|cannot be read|is a"),
    "a head of a webm": (lambda m: m.raw("a.webm", b"\x1a\x45\xdf\xa3"), "segment"),
    "a head of an avi": (lambda m: m.raw("a.avi", b"RIFF\0\1\0\0AVI LIST"), "not a video"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_clip_is_refused_with_a_sentence(name, make, judged):
    build, words = REFUSED[name]
    path = build(make)
    said = judged(path)
    assert (said.code, said.verdict, said.rules) == (5, "undecided", ("not-a-clip",)), said
    assert any(word in said.sentences for word in words.split("|")), said
    assert all(said.remedies), said
    assert "\n" not in said.sentences


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_what_may_not_be_read_is_refused(make, judged):
    path = make.video("a.mp4")
    path.chmod(0)
    assert judged(path).code == 5


def test_a_name_is_no_instruction_to_the_terminal(make, capsys):
    from compat.cli.main import main

    path = make.video("a.mp4").rename(make.folder / "\x1b[2J.mp4")
    main(["judge", str(path)])
    assert "\x1b" not in capsys.readouterr().out


@pytest.fixture
def listener():
    """A server on this machine that counts who asks it."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def serve():
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                asked.append(connection.recv(99))
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], asked
        over.set()
        thread.join()


LURES = {
    "a.m3u8": PLAYLIST,
    "a.mp4": PLAYLIST,
    "b.mp4": "\n\n" + PLAYLIST,
    "a.ffconcat": "ffconcat version 1.0\nfile {}\n",
    "a.mpd": MPD,
    "a.svg": SVG,
    "a.asx": "<asx><entry><ref href='{}'/></entry></asx>",
}


@pytest.mark.parametrize("name", LURES)
def test_no_address_in_a_file_is_asked(name, make, judged, listener):
    port, asked = listener
    path = make.raw(name, LURES[name].format(f"http://127.0.0.1:{port}/clip.mp4").encode())
    assert judged(path).code == 5
    assert asked == []


@pytest.mark.parametrize("name", LURES)
@pytest.mark.parametrize("prefix", ["", "file:", "file://"])
def test_no_other_file_is_read(name, prefix, make, judged):
    secret = make.video("secret.mp4")
    path = make.raw(name, LURES[name].format(f"{prefix}{secret}").encode())
    assert judged(path).code == 5


@pytest.mark.parametrize("name", ["concat:a.mp4|b.mp4", "frame_%d.jpg", "frame_*.png", "pipe:0",
                                  "subfile,,start,0,end,0,,:a.mp4", "data:video"])  # fmt: skip
def test_a_name_is_a_name_and_no_instruction(name, make, judged, monkeypatch):
    make.video("a.mp4")
    make.video("b.mp4")
    monkeypatch.chdir(make.folder)
    if "*" not in name:
        assert judged(name).code == 5
    (make.folder / "a.mp4").rename(make.folder / name)
    assert judged(name).verdict in {"good", "suspect"}


def test_a_matroska_inside_a_playlist_is_not_opened_by_its_tail(make, judged):
    """A clip whose data a playlist would be, glued behind a real head."""
    path = make.video("a.mkv")
    path.write_bytes(path.read_bytes() + PLAYLIST.format("/etc/passwd").encode())
    assert "more-behind" in judged(path).rules
