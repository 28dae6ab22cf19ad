"""The codecs of this PyAV are asked, and those it lacks are not claimed."""

import pytest

from compat.backends import pyav as subject


def test_what_every_render_needs_is_in_the_wheels():
    found = subject.pyav_codecs()
    assert found.library.startswith("PyAV ")
    assert set(subject.NEEDED) <= set(found.encoders)
    assert {"h264", "ffv1"} <= set(found.writes) & set(found.reads)


def test_an_encoder_that_is_not_built_in_is_not_told(monkeypatch):
    monkeypatch.setattr(subject, "names_to_ask", lambda: (("libx264", "no_such"), ("no_such",)))
    found = subject.pyav_codecs()
    assert (found.encoders, found.reads) == (("libx264",), ())


@pytest.mark.parametrize("reason", ["av is not installed"])
def test_without_pyav_the_reason_is_told(monkeypatch, reason):
    monkeypatch.setattr(subject, "import_framework", lambda _name: (None, reason))
    assert subject.pyav_codecs().problem == reason
