import os

from compat.core.model import Needs
from compat.core.probe import probe
from probe_stub.said import finding


@probe("exits", family="stub", needs=Needs())
def exits(session):
    """Exits."""
    yield finding("seen before the exit")
    os._exit(9)
