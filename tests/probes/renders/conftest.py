"""Asks cells in this process, so that torch is imported and every reference rendered once."""

import importlib
from dataclasses import dataclass, field

import pytest

FAMILIES = {
    "ltx": "ltx",
    "ltx-2": "ltx_2",
    "wan-2.1": "wan_2_1",
    "wan-2.2": "wan_2_2",
    "hunyuan-video": "hunyuan_video",
    "animatediff": "animatediff",
    "cogvideox": "cogvideox",
    "mochi": "mochi",
}


def tiny(family):
    return importlib.import_module(f"probes.renders.tiny.{FAMILIES[family]}").MODEL


@dataclass
class Said:
    outcome: str
    reason: str
    findings: list = field(default_factory=list)
    measures: dict = field(default_factory=dict)

    @property
    def rules(self):
        return [finding.rule for finding in self.findings]

    @property
    def text(self):
        return "\n".join([self.reason, *(finding.message for finding in self.findings)])


@pytest.fixture(scope="session", autouse=True)
def quiet():
    for name in ("torch", "diffusers", "transformers", "accelerate"):
        pytest.importorskip(name)
    import diffusers
    import torch

    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)


@pytest.fixture
def ask_loader(tmp_path):
    """Ask ``loader`` (perhaps a broken one) about a family; a probe's own path through a worker."""
    from compat.core.codec import from_data
    from compat.core.model import Finding, Target
    from compat.core.probe import probe
    from probes.renders.cell import ask
    from probes.renders.loaders.loader import Job
    from runners.child.probing import run_probe

    def asked(loader, family, dtype="float32", quantisation=""):
        job = Job(tiny=tiny(family), dtype=dtype, quantisation=quantisation, scratch=tmp_path)

        def check(session):
            """It renders."""
            yield from ask(session, loader, job)

        said = []
        stub = probe("stub", family="renders")(check)
        target = Target(loader=loader.name, model=family, dtype=dtype, quantisation=quantisation)
        answer = run_probe(stub, target, str(tmp_path), said.append)
        return Said(
            outcome=answer["outcome"],
            reason=answer["reason"],
            findings=[from_data(Finding, m["finding"]) for m in said if "finding" in m],
            measures={m["measure"]: m["value"] for m in said if "measure" in m},
        )

    return asked
