"""Handing bfloat16 arrays of MLX to numpy as they are."""

from collections.abc import Iterator

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault

# Exact in bfloat16.
_VALUES = [1.0, -0.5, 3.0]


@probe(
    "mlx-bf16-to-numpy",
    family="mlx",
    needs=Needs(modules=("mlx.core", "numpy"), devices=("mlx",)),
)
def mlx_bf16_to_numpy(session: Session) -> Iterator[Finding]:
    """Frames in bfloat16 turn from MLX into numpy arrays as they are.

    numpy has no bfloat16, so ``np.array(frames)`` raises: after the whole render, when the frames
    are to be saved. Convert first, with ``frames.astype(mx.float32)``.
    """
    import mlx.core as mx
    import numpy as np

    frames = mx.array(_VALUES, dtype=mx.bfloat16)
    refusal = attempt(lambda: np.array(frames))[1]
    if refusal:
        yield fault(
            session,
            "bf16-numpy-refused",
            f"np.array(frames) on bfloat16 is refused: {refusal}",
            severity=Severity.MEDIUM,
            remedy="convert with frames.astype(mx.float32) before np.array()",
        )
    saved, refusal = attempt(lambda: np.array(frames.astype(mx.float32)).tolist())
    if saved != _VALUES:
        text = f"the way through float32 gives {refusal or saved}, expected {_VALUES}"
        yield fault(session, "mlx-save-path-wrong", text)
