"""The latent upscaler is of the model's generation, which its inner width tells."""

from collections.abc import Iterator, Mapping

from compat.core.model import Finding
from compat.identify.model import Role
from compat.identify.pairing.model import Gathered, Part, Rule, wants
from compat.identify.pairing.wording import mismatch

MIDDLE: Mapping[str, int] = {"ltx": 512, "ltx2": 1024}
"""Inner channels of the published upscalers by family (ltx-core LatentUpsamplerConfigurator)."""


def check(files: Gathered) -> Iterator[Finding]:
    """LTX-Video's and LTX-2's upscalers both take 128 channels; the latents are not the same."""
    for model in files.models:
        partners = [
            part
            for part in files.partners(model, Role.UPSCALER)
            if part.dim("latent-channels", "in-channels") is not None  # ESRGAN enlarges pictures
        ]
        if not any(fits(part, model) for part in partners):
            yield from (_wrong(part, model) for part in partners)


def fits(part: Part, model: Part) -> bool:
    """Whether the upscaler is named by the model, or of its family and that family's width."""
    if wants(model, part):
        return True
    width, expected = part.dim("mid-channels"), MIDDLE.get(model.found.family)
    if width is not None and expected is not None and width.value != expected:
        return False
    return part.found.family == model.found.family


def _wrong(part: Part, model: Part) -> Finding:
    width, expected = part.dim("mid-channels"), MIDDLE.get(model.found.family)
    if width is not None and expected is not None and width.value != expected:
        why = f"has {width.value} inner channels ({width.source}), those of {model} have {expected}"
    else:
        why = f"is of the family {part.found.family}, {model} of {model.found.family}"
    return mismatch(
        "upscaler-generation",
        part,
        model,
        f"{part} {why}",
        remedy=f"use the latent upscaler that was published with {model.id}",
        found=width.value if width is not None else part.found.family,
        expected=expected or model.found.family,
    )


RULE = Rule(
    id="upscaler-generation", title="the upscaler is of the model's generation", check=check
)
