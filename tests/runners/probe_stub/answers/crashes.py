import ctypes

from compat.core.model import Needs
from compat.core.probe import probe
from probe_stub.said import finding


@probe("crashes", family="stub", needs=Needs())
def crashes(session):
    """Crashes."""
    session.measure("before", 1)
    yield finding("seen before the crash")
    ctypes.string_at(0)
