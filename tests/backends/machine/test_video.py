"""Codecs are told by their common names."""

from pathlib import Path

import pytest

from compat.backends.machine import video as subject
from compat.core.program import Said

VERSION = "ffmpeg version 7.1.1-static Copyright (c) 2000-2025 the FFmpeg developers\n"
ENCODERS = """\
Encoders:
 V..... = Video
 A..... = Audio
 ------
 V....D libx264              libx264 H.264 / AVC (codec h264)
 V....D h264_nvenc           NVIDIA NVENC H.264 encoder (codec h264)
 V....D hevc_videotoolbox    VideoToolbox H.265 Encoder (codec hevc)
 VF...D ffv1                 FFmpeg video codec #1
 VFS..D prores_ks            Apple ProRes (iCodec Pro) (codec prores)
 A....D aac                  AAC (Advanced Audio Coding)
"""


def answers(encoders):
    return lambda command: Said(text=VERSION) if "-version" in command else encoders


def test_the_program_on_path_is_told_with_its_version_and_hardware():
    found = subject.program_codecs(Path("ffmpeg"), answers(Said(text=ENCODERS)))
    assert found.library == "ffmpeg 7.1.1-static"
    assert found.writes == ("h264", "ffv1", "prores")
    assert found.hardware == ("h264_nvenc", "hevc_videotoolbox")
    assert found.problem == ""


@pytest.mark.parametrize(
    ("program", "words"), [(None, "not on PATH"), (Path("ffmpeg"), "ended with 127")]
)
def test_without_a_program_that_answers_the_reason_is_told(program, words):
    found = subject.program_codecs(program, answers(Said(text="", failure="ffmpeg ended with 127")))
    assert words in found.problem
    assert found.writes == ()


def test_reading_is_told_apart_from_writing():
    found = subject.codecs("x", ["libx264", "libsvtav1"], ["h264", "libdav1d", "prores"])
    assert found.writes == ("h264", "av1")
    assert found.reads == ("h264", "av1", "prores")
