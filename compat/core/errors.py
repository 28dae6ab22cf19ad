"""What a user can mend, one class per exit code, and the exit codes themselves."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The documented exit codes of every command."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    BUG = 3
    GATE_SHUT = 4
    NOTHING_CHECKED = 5
    INTERRUPTED = 130


class CompatError(Exception):
    """Something the user can mend: one sentence that says what, and a remedy that says how."""

    exit_code = ExitCode.FINDINGS

    def __init__(self, message: str, remedy: str = "") -> None:
        """Keep the sentence and the remedy apart, so that formats can show both."""
        super().__init__(message)
        self.remedy = remedy


class UsageError(CompatError):
    """The command line or the plan is wrong."""

    exit_code = ExitCode.USAGE


class GateShutError(CompatError):
    """A long render was asked for and the gate is not open for it."""

    exit_code = ExitCode.GATE_SHUT


class NothingCheckedError(CompatError):
    """Nothing could be checked, so there is no answer; never to be read as a pass."""

    exit_code = ExitCode.NOTHING_CHECKED
