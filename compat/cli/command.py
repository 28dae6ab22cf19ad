"""What a command module declares: its name, its arguments and what it does."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from compat.core.errors import ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One ``framegate`` subcommand.

    ``add_arguments`` fills the parser (cheap imports only), ``run`` does the work, may import what
    it likes, prints, and returns the exit code. It raises ``CompatError`` for what users can mend.
    """

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], ExitCode]
