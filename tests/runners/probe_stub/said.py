"""What the stub probes say."""

from compat.core.model import Finding, Place, Severity


def finding(text, severity=Severity.LOW):
    return Finding(
        rule="stub", severity=severity, message=text, place=Place(kind="device", path="cpu")
    )
