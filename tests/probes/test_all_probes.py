"""What holds for every probe."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import probes
from compat.backends.environment import detect_environment
from compat.core.collect import collect
from compat.core.model import Outcome, Probe, ProbeResult, Target, Verdict
from compat.knowledge import known_failures, verdict

ALL = collect("probes", Probe)
KINDS = {"cpu", "cuda", "mps", "mlx"}
MACHINE = [name for name in ALL if not ALL[name].needs.subject]
ABOUT_FILES = [name for name in ALL if ALL[name].needs.subject]


@pytest.mark.parametrize("name", ALL)
def test_a_probe_claims_something_and_says_why_it_matters(name):
    probe = ALL[name]
    assert probe.title.endswith(".")
    assert len(probe.title) < 100
    assert len(probe.doc.splitlines()) >= 4
    assert set(probe.needs.devices) <= KINDS
    assert 0 < probe.needs.seconds <= 300


def test_the_family_is_the_same_within_a_folder():
    families = {}
    for module in pkgutil.walk_packages(probes.__path__, prefix="probes."):
        if module.ispkg:
            continue
        loaded = importlib.import_module(module.name)
        found = {v.family for v in vars(loaded).values() if isinstance(v, Probe)}
        families.setdefault(module.name.rpartition(".")[0], set()).update(found)
    assert all(len(found) <= 1 for found in families.values()), families


def test_the_first_set_is_complete():
    assert set(ALL) >= {
        "animatediff-frame-limit",
        "animatediff-free-noise",
        "bf16-save-path",
        "bf16-to-numpy",
        "comfyui-dry-load",
        "comfyui-gguf-knows-file",
        "comfyui-knows-file",
        "complex128",
        "diffusers-dry-load",
        "diffusers-knows-file",
        "torch-conv3d-channels-last",
        "torch-conv3d-contiguous",
        "float64",
        "fp8-storage",
        "gguf-refuses-corruption",
        "gguf-refuses-truncation",
        "torch-group-norm-video",
        "torch-linear-noncontiguous",
        "mixed-dtype-convolution",
        "mlx-arithmetic",
        "mlx-bf16-to-numpy",
        "mlx-safetensors-float8",
        "mlx-gguf-silent-drop",
        "safetensors-numpy-refuses-damage",
        "safetensors-torch-refuses-damage",
        "torch-sdpa-permuted",
        "torch-pad-temporal",
        "transformers-dry-load",
        "transformers-knows-config",
    }


def test_collecting_the_probes_imports_nothing_but_the_standard_library():
    script = (
        "import sys; before = set(sys.modules);"
        "from compat.core.collect import collect; from compat.core.model import Probe;"
        "collect('probes', Probe);"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "['compat', 'probes']"


@pytest.fixture(scope="module")
def here():
    return detect_environment()


@pytest.mark.parametrize("device", ["cpu", "mlx"])
@pytest.mark.parametrize(
    "name", [n for n in MACHINE if ALL[n].needs.seconds <= 60 and not ALL[n].cells]
)
def test_what_fails_here_fails_as_the_knowledge_base_says(ask, here, name, device):
    wanted = ALL[name].needs.devices or ("cpu",)
    if device not in wanted:
        return
    for module in ALL[name].needs.modules:
        pytest.importorskip(module)
    asked = ask(name, device)
    result = ProbeResult(
        probe=name,
        target=Target(device=device),
        outcome=asked.outcome,
        findings=tuple(asked.findings),
    )
    assert verdict(result, known_failures(), here) in (Verdict.OK, Verdict.KNOWN), asked.text


@pytest.mark.parametrize("name", ABOUT_FILES)
def test_a_probe_about_a_file_that_is_given_none_skips_with_the_reason(ask, name):
    for module in ALL[name].needs.modules:
        pytest.importorskip(module)
    asked = ask(name)
    assert asked.outcome is Outcome.SKIP
    assert "none was named" in asked.reason
