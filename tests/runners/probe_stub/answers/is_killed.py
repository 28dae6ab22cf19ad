import os
import signal

from compat.core.model import Needs
from compat.core.probe import probe
from probe_stub.said import finding


@probe("is-killed", family="stub", needs=Needs())
def is_killed(session):
    """Is killed, as by a kernel that is out of memory."""
    yield finding("seen before the kill")
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
