"""Asks a probe in this process, so that torch is imported once."""

from dataclasses import dataclass, field

import pytest

from compat.core.codec import from_data
from compat.core.collect import collect
from compat.core.model import Finding, Outcome, Probe, Target
from runners.child.probing import run_probe

PROBES = collect("probes", Probe)
SPOKEN = pytest.StashKey()


@dataclass
class Asked:
    outcome: Outcome
    reason: str
    findings: list[Finding] = field(default_factory=list)
    measures: dict[str, object] = field(default_factory=dict)

    @property
    def text(self):
        return "\n".join([self.reason, *(finding.message for finding in self.findings)])

    @property
    def rules(self):
        return {finding.rule for finding in self.findings}


@pytest.fixture(autouse=True)
def _proof_holds(request):
    """A test that claims to prove a probe has seen it say something, where it asks one at all."""
    yield
    claimed = [name for mark in request.node.iter_markers("proves") for name in mark.args]
    spoken = request.node.stash.get(SPOKEN, [])
    if claimed and spoken:
        assert any(name in claimed and findings for name, findings in spoken)


@pytest.fixture
def ask(tmp_path, request):
    spoken = request.node.stash.setdefault(SPOKEN, [])

    def asked(name, device="cpu", material=None):
        said = []
        target = Target(device=device)
        answer = run_probe(PROBES[name], target, str(tmp_path), said.append, material)
        spoken.append((name, [message for message in said if "finding" in message]))
        return Asked(
            outcome=Outcome(answer["outcome"]),
            reason=answer["reason"],
            findings=[from_data(Finding, m["finding"]) for m in said if "finding" in m],
            measures={m["measure"]: m["value"] for m in said if "measure" in m},
        )

    return asked


@pytest.fixture
def broken():
    """A context in which single torch operations go wrong the way broken backends do."""
    torch = pytest.importorskip("torch")
    from torch.utils._python_dispatch import TorchDispatchMode

    class Broken(TorchDispatchMode):
        """Passes the result of every operation named in ``names`` through ``damage``.

        float64 is spared: it is what the reference is computed in, on a device nobody broke.
        """

        def __init__(self, *names, damage):
            super().__init__()
            self.names = names
            self.damage = damage
            self.hits = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            name = str(function).split(".")[1]
            if name not in self.names:
                return result
            first = result[0] if isinstance(result, tuple | list) else result
            if first.dtype in (torch.float64, torch.complex128):
                return result
            self.hits += 1
            changed = self.damage(first)
            return (changed, *result[1:]) if isinstance(result, tuple) else changed

    return Broken
