"""The sines, cosines and exponentials behind timesteps and positions."""

from collections.abc import Iterator
from typing import Any

from compat.core.model import Finding, Needs, Session
from compat.core.probe import probe
from probes.numerics import agrees, sample


@probe(
    "torch-timestep-waves",
    family="torch-ops",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def torch_timestep_waves(session: Session) -> Iterator[Finding]:
    """Sines and cosines of angles up to 1000 are right, and so are exponentials.

    Timesteps from 0 to 1000 become sines and cosines at the start of every step, and positions do
    in the rotary embedding. Fast arithmetic reduces large angles badly (Metal's fast math is only
    exact near zero), so the model is told another time. Make these tables on the processor.
    """
    angles = [sample(40, 64, seed=1) * 330]
    for name in ("sin", "cos"):
        case = f"{name} of angles up to 1000"
        yield from agrees(session, case, angles, _WAVES[name], dtypes=("float32",))
    yield from agrees(session, "exp of small values", [sample(40, 64, seed=2)], _exponential)
    both = [sample(40, 64, seed=3).abs() + 0.5, sample(40, 64, seed=4)]
    yield from agrees(session, "powers and logarithms", both, _powers, dtypes=("float32",))


def _sine(angles: Any) -> Any:
    return angles.t().sin()


def _cosine(angles: Any) -> Any:
    return angles.t().cos()


def _exponential(values: Any) -> Any:
    return (-values.t().abs()).exp()


def _powers(base: Any, exponent: Any) -> Any:
    return base.pow(exponent) + base.log()


_WAVES = {"sin": _sine, "cos": _cosine}
