"""``python -m tools.old_diffusers``: what Wan's rotary positions of diffusers 0.33 do on MPS.

Makes a scratch environment with diffusers 0.33.1 and the packages of its time (each without its
dependencies; torch and all others are those of this interpreter), has the real pipeline classes run
in it on the pretended device, and then the current ones. Prints what each was found to do, with
file and line. Exit code 0: the old one is flagged for complex128 and float64, the current one is
not flagged; 1 otherwise.
"""

import argparse
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

from compat.core.model import Finding
from compat.plan.model import ModelPlan, RenderPlan, VideoPlan, WindowPlan
from compat.predict.model import Asked, Prediction
from runners.prediction.ask import Wanted, ask

OF_ITS_TIME = (
    "diffusers==0.33.1", "transformers==4.51.3", "tokenizers==0.21.1", "huggingface-hub==0.30.2",
)  # fmt: skip
"""diffusers 0.33.1 (April 2025) and the newest of what it imports that still has its names."""

DOUBLE = {"C128", "F64"}
ASKED = Asked(kind="mps", torch="2.8", macos="15.2", chip="M3")
MODEL = "wan-t2v-1-3b"


def main() -> int:
    """Ask both and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, help="keep the environment there (default: a scratch)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = arguments.into or Path(scratch) / "old"
        old = dict(_double(predicted(environment(home))))
    current = dict(_double(predicted(None)))
    for title, places in (("diffusers 0.33.1", old), ("the current diffusers", current)):
        print(f"{title}: {places or 'no double precision on the device'}")
    return int(not (old.keys() == DOUBLE and not current))


def environment(home: Path) -> Path:
    """The interpreter of an environment with the old packages, made if it is not there."""
    if not (home / "pyvenv.cfg").exists():
        venv.create(home)
    scheme = {"base": str(home), "platbase": str(home)}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
    subprocess.run([*pip, "--target", str(packages), *OF_ITS_TIME], check=True)
    # Behind its own packages: everything that this interpreter has.
    (packages / "this_interpreter.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    scripts = Path(sysconfig.get_path("scripts", "venv", scheme))
    return next(scripts.glob("python*"))


def predicted(python: Path | None) -> Prediction:
    """What is expected of Wan with the diffusers of that interpreter."""
    plan = RenderPlan(
        model=ModelPlan(path=MODEL, dtype="bfloat16"),
        video=VideoPlan(width=64, height=64),
        window=WindowPlan(frames=9),
    )
    prediction, _ = ask(Wanted(plan=plan, asked=ASKED, python=python))
    for sentence in prediction.unknown:
        print(f"  note: {sentence}")
    return prediction


def _double(prediction: Prediction) -> Iterator[tuple[str, list[str]]]:
    """Dtypes of 64 bits a number that come up on the device, with the lines that make them."""
    for finding in prediction.findings:
        if finding.rule == "dtype-not-stored":
            yield str(finding.evidence["dtype"]), _places(finding)


def _places(finding: Finding) -> list[str]:
    places = finding.evidence["places"]
    return list(places) if isinstance(places, list) else []


if __name__ == "__main__":
    sys.exit(main())
