import time

from compat.core.model import Needs
from compat.core.probe import probe
from probe_stub.said import finding


@probe("hangs", family="stub", needs=Needs(seconds=1.0))
def hangs(session):
    """Hangs."""
    yield finding("seen before the hang")
    time.sleep(600)
