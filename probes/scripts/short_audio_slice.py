"""A mel spectrum of the audio that is left at the end of a loop."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from compat.core.model import Finding, Needs, Session, Severity
from compat.core.probe import probe
from probes.answers import attempt, fault
from probes.numerics import on_device

# The audio autoencoder of LTX 2 looks at 16 kHz with windows of 1024 samples, 160 apart.
_WINDOW, _HOP = 1024, 160


@probe(
    "short-audio-slice",
    family="scripts",
    needs=Needs(modules=("torch",), devices=("cpu", "cuda", "mps")),
)
def short_audio_slice(session: Session) -> Iterator[Finding]:
    """A spectrum can be taken of any slice of audio that a loop leaves over.

    The window loop of a real workflow asked for the spectrum of a single sample in its last round
    and lost the render: the padding is half a window, and has to be shorter than the slice. Leave
    half a second at least, or pad with silence first.
    """
    shortest = None
    for samples in (1, 2, _WINDOW // 2, _WINDOW // 2 + 1, _WINDOW, 8000):
        refusal = attempt(partial(_spectrum, session, samples))[1]
        session.measure(f"{samples} samples", refusal or "works")
        if not refusal:
            shortest = samples
            break
        if samples == 1:
            yield fault(
                session,
                "short-audio-refused",
                f"the spectrum of a slice of one sample is refused: {refusal}",
                severity=Severity.MEDIUM,
                remedy="keep at least half a second of audio for the last window, or pad it",
            )
    if shortest is None:
        yield fault(session, "audio-refused", "no spectrum can be taken on this device")
    session.measure("shortest slice that works, in samples", shortest)


def _spectrum(session: Session, samples: int) -> Any:
    import torch

    wave = on_device(torch.linspace(-1, 1, 2 * samples).reshape(2, samples), session)
    window = on_device(torch.hann_window(_WINDOW), session)
    return torch.stft(wave, _WINDOW, _HOP, window=window, return_complex=True)
