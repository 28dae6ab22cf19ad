from compat.core.model import Needs
from compat.core.probe import probe


@probe("needs-cuda", family="stub", needs=Needs(devices=("cuda",)))
def needs_cuda(session):
    """Needs cuda."""
    yield from ()
