"""Rules about which model runs where and in what dtype."""

import difflib
import re
from collections.abc import Iterator, Mapping

from compat.core.model import Confidence, Severity
from compat.plan.geometry import PictureRule
from compat.plan.model import RenderPlan
from compat.plan.rules.rule import Problem, rule

DEVICES = ("auto", "cpu", "cuda", "mps")
DTYPES = ("auto", "float32", "bfloat16", "float16")
OFFLOADS = ("none", "model", "sequential")

OTHER_NAMES: Mapping[str, str] = {
    "gpu": "cuda",
    "nvidia": "cuda",
    "rocm": "cuda",  # torch for ROCm calls its devices cuda
    "hip": "cuda",
    "amd": "cuda",
    "metal": "mps",
    "fp32": "float32",
    "float": "float32",
    "bf16": "bfloat16",
    "fp16": "float16",
    "half": "float16",
}
"""What people write for the words above."""


@rule("model-path")
def model_path(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The model is named: a diffusers folder, or the word embedded."""
    if not plan.model.path.strip() or "\0" in plan.model.path:
        yield Problem(
            key="model.path",
            message="model.path names nothing, expected a diffusers folder or 'embedded'",
            remedy="name the folder that holds model_index.json, or 'embedded' for the tiny model",
        )


@rule("model-device")
def model_device(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The device is auto, cpu, cuda, cuda:N or mps, in torch's words."""
    if plan.model.device not in DEVICES and not re.fullmatch(r"cuda:\d{1,3}", plan.model.device):
        yield _not_a_word("model.device", plan.model.device, (*DEVICES[:3], "cuda:N", "mps"))


@rule("model-dtype")
def model_dtype(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The dtype is auto, float32, bfloat16 or float16."""
    if plan.model.dtype not in DTYPES:
        yield _not_a_word("model.dtype", plan.model.dtype, DTYPES)


@rule("model-offload")
def model_offload(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """The offload mode is none, model or sequential."""
    if plan.model.offload not in OFFLOADS:
        yield _not_a_word("model.offload", plan.model.offload, OFFLOADS)


@rule("offload-needs-accelerator", reads=("model.device", "model.offload"))
def offload_needs_accelerator(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Offloading moves weights from an accelerator to the CPU; a render on the CPU has none.

    diffusers raises ``enable_model_cpu_offload requires accelerator`` after loading everything.
    """
    if plan.model.device == "cpu" and plan.model.offload in OFFLOADS[1:]:
        yield Problem(
            key="model.offload",
            message=f"model.offload is {plan.model.offload!r} but model.device is 'cpu', "
            "which has no accelerator to offload from",
            remedy="set model.offload to 'none'",
        )


@rule(
    "float16-overflow",
    Severity.LOW,
    reads=("model.dtype",),
    confidence=Confidence.MEDIUM,
)
def float16_overflow(plan: RenderPlan, _picture: PictureRule) -> Iterator[Problem]:
    """Video transformers are trained in bfloat16; float16 ends at 65 504 and may overflow."""
    if plan.model.dtype == "float16":
        yield Problem(
            key="model.dtype",
            message="model.dtype is 'float16', but LTX was trained in bfloat16, whose large "
            "activations float16 cannot hold",
            remedy="use 'bfloat16', or 'float32' where the device has no bfloat16",
        )


def _not_a_word(key: str, found: str, legal: tuple[str, ...]) -> Problem:
    nearest = OTHER_NAMES.get(found.lower()) or _nearest_word(found, legal)
    hint = f"set {key} to {nearest!r}" if nearest else f"set {key} to one of {', '.join(legal)}"
    return Problem(
        key=key,
        message=f"{key} is {found!r}, expected one of {', '.join(legal)}",
        remedy=hint,
        evidence={"found": found, "legal": list(legal)},
    )


def _nearest_word(found: str, legal: tuple[str, ...]) -> str:
    return next(iter(difflib.get_close_matches(found.lower(), legal, n=1)), "")


RULES = (
    model_path,
    model_device,
    model_dtype,
    model_offload,
    offload_needs_accelerator,
    float16_overflow,
)
