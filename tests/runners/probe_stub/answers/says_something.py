from compat.core.model import Needs
from compat.core.probe import probe
from probe_stub.said import finding


@probe("says-something", family="stub", needs=Needs(devices=("cpu", "cuda")))
def says_something(session):
    """Says something."""
    session.measure("error_eps", 3.5)
    yield finding("the answer is wrong")
