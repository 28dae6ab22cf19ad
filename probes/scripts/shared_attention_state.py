"""The state that WanGP's models expect to find, and its own script would have set."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault

_KEY = "_attention"


@probe(
    "shared-attention-state",
    family="scripts",
    needs=Needs(modules=("torch", "mmgp.offload")),
)
def shared_attention_state(session: Session) -> Iterator[Finding]:
    """A script that uses WanGP's models finds the attention mode set.

    Their attention looks it up in ``mmgp.offload.shared_state["_attention"]``, which only WanGP's
    own interface fills; a script of its own gets ``KeyError: '_attention'`` in the first step.
    WanGP is no package, so what is asked here is the real state of mmgp, the package beneath it, by
    the same look-up. Set it first: ``offload.shared_state["_attention"] = "sdpa"``.
    """
    from mmgp import offload

    before = dict(offload.shared_state)
    found, refusal = attempt(lambda: offload.shared_state[_KEY])
    session.measure("attention mode", refusal or str(found))
    if refusal:
        yield fault(
            session,
            "shared-attention-missing",
            f"the attention mode of mmgp cannot be looked up: {refusal}",
            severity=Severity.MEDIUM,
            remedy='set offload.shared_state["_attention"] = "sdpa" before the first step',
        )
    yield from _after_it_is_set(session, offload)
    offload.shared_state.clear()
    offload.shared_state.update(before)


def _after_it_is_set(session: Session, offload: Any) -> Iterator[Finding]:
    offload.shared_state[_KEY] = "sdpa"
    found, refusal = attempt(lambda: offload.shared_state[_KEY])
    if found != "sdpa":
        text = f"the attention mode of mmgp is {refusal or found} after it was set to sdpa"
        yield fault(session, "shared-attention-lost", text)
