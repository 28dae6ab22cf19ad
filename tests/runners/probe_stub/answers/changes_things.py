import os
import sys

from compat.core.model import Needs
from compat.core.probe import probe


@probe("changes-things", family="stub", needs=Needs())
def changes_things(session):
    """Changes things."""
    os.environ["PYTORCH_LEAK"] = "1"
    sys.path.append("/somewhere")
    os.chdir(session.scratch)
    yield from ()
