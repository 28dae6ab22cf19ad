"""What a render needs of the device's memory at least, from weights and live activations."""

from collections.abc import Mapping
from dataclasses import dataclass

from compat.predict.model import Asked, OpSeen, Seen
from compat.predict.sizes import materialised_scores, scores

BYTES = {"F64": 8, "C64": 8, "F32": 4, "F16": 2, "BF16": 2}
PHASES = ("encode", "denoise", "decode")
CALLED = {"encode": "text encode", "denoise": "denoise", "decode": "decode"}
"""Phases of a pipeline's call, and what people are told they are."""

ENCODERS = ("text_encoder", "text_encoder_2", "text_encoder_3", "image_encoder")
DECODERS = ("vae", "audio_vae", "vocoder", "vqvae")
"""Components that are on the device while the prompt is read and while pixels are made, with model
offload; all others are there while noise is taken away."""

OFFLOADS = ("none", "model", "sequential")
"""As in a plan: everything on the device, one component at a time, one layer at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes at least: ``weights`` on the device, and the peak of each phase on top of the weights.

    ``scores`` are those of the largest attention matrix that this device needs whole, by phase;
    ``largest_scores`` counts the elements of the largest one, needed whole or not.
    """

    weights: Mapping[str, int]
    activations: Mapping[str, int]
    scores: Mapping[str, int]
    largest_scores: int

    @property
    def peaks(self) -> Mapping[str, int]:
        """Bytes of each phase with all weights on the device."""
        return self.with_offload("none")

    @property
    def offloaded(self) -> Mapping[str, int]:
        """Bytes of each phase with only the working component there (model offload)."""
        return self.with_offload("model")

    def with_offload(self, offload: str) -> Mapping[str, int]:
        """Bytes of each phase that was run; one layer at a time counts as no weights at all."""
        held = {"none": lambda _: sum(self.weights.values()), "model": self._working}
        of_phase = held.get(offload, lambda _: 0)
        return {
            phase: of_phase(phase) + self._above(phase)
            for phase in PHASES
            if phase != "encode" or self.text_bytes
        }

    @property
    def text_bytes(self) -> int:
        """Weights of the text encoders that were run."""
        return sum(size for name, size in self.weights.items() if name in ENCODERS)

    def _above(self, phase: str) -> int:
        return self.activations.get(phase, 0) + self.scores.get(phase, 0)

    def _working(self, phase: str) -> int:
        return max(
            (size for name, size in self.weights.items() if _phase_of(name) == phase), default=0
        )


def _phase_of(name: str) -> str:
    if name in ENCODERS:
        return "encode"
    return "decode" if name in DECODERS else "denoise"


def memory_of(seen: Seen, asked: Asked) -> Memory:
    """Add up what the real-size pass saw.

    A lower bound: kernel workspaces and the allocator's gaps are not in it. On a CPU the real need
    was 1.3 times this (Wan's autoencoder, float32).
    """
    attentions = [op for op in seen.ops if "scaled_dot_product_attention" in op.op]
    return Memory(
        weights=dict(seen.weights),
        activations=dict(seen.peaks),
        scores={
            phase: max((_bytes(op, asked) for op in attentions if op.phase == phase), default=0)
            for phase in PHASES
        },
        largest_scores=max(map(scores, attentions), default=0),
    )


def _bytes(op: OpSeen, asked: Asked) -> int:
    return materialised_scores(op, asked) * BYTES.get(op.inputs[0].dtype, 2)
