"""Says what a LoRA is: its base, its rank, what it changes, and what is wrong with it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from compat.core.model import Finding, Severity
from compat.formats.model import Header
from compat.formats.wording import damage, quoted
from compat.identify.lora_bases import NO_SUCH_LAYER, Base, Match, match_bases
from compat.identify.lora_findings import lora_findings
from compat.identify.lora_known_bases import BASES
from compat.identify.lora_targets import Target, read_targets
from compat.identify.model import (
    UNKNOWN,
    Identification,
    Measured,
    NearMiss,
    Need,
    Placement,
    Role,
)

UNKNOWN_BASE = "lora"
"""Id of a LoRA whose base is not known, or not the only one that fits."""

METADATA_WORDS = (
    "model_version", "modelspec.architecture", "ss_base_model_version", "base_model",
    "ss_sd_model_name", "base_model_name_or_path", "ss_dit",
)  # fmt: skip
"""Where training tools (kohya, musubi, ai-toolkit, LTX's trainer) name the base."""

DISTILLED_RANKS = {384: "LTX-2 and 2.3", 450: "LTX-2.5"}
"""Ranks of Lightricks' distilled LoRAs, by their file names (README of Lightricks/LTX-2)."""

_OWNERS = (
    ("lora_unet_", "kohya"), ("lora_te", "kohya"), ("lycoris_", "lycoris"),
    ("base_model.model.", "peft"), ("transformer.", "diffusers"), ("unet.", "diffusers"),
    ("text_encoder", "diffusers"), ("diffusion_model.", "comfyui"),
    ("model.diffusion_model.", "comfyui"),
)  # fmt: skip

PLACEMENT = Placement(
    comfyui_loader="LoraLoaderModelOnly",
    comfyui_folder="loras",
    diffusers_class="load_lora_weights of the base's pipeline",
)


def identify_lora(header: Header) -> Identification | None:
    """Name the LoRA whose header this is; None where it is none.

    A LoRA is recognised by its endings, its base by the names and sizes of the layers it changes.
    One of a base that is not known, or that fits several families, has the id "lora" and says so.
    """
    targets, others = read_targets(header.tensors)
    in_targets = len(header.tensors) - len(others)
    if not targets or in_targets * 2 <= len(header.tensors):
        return None
    denoiser = [target for target in targets if target.host in ("", "second expert")]
    fitting, hint = _fitting(denoiser, header.metadata)
    findings = [
        *lora_findings(header.path, targets),
        *_mixture(header.path, denoiser, fitting),
    ]
    identifier, family, generation = _name(fitting)
    base = fitting[0].base if len(fitting) == 1 else None
    return Identification(
        id=identifier,
        family=family,
        variant=_variant(fitting, targets, header.metadata),
        layout=_naming(targets),
        role=Role.LORA,
        traits=None,
        generation=generation,
        evidence=tuple(_evidence(targets, denoiser, fitting, hint)),
        near_misses=tuple(_near(fitting, denoiser)) if base is None else (),
        findings=tuple(findings),
        carries=(Role.LORA,),
        measures=_measures(header, targets, others),
        needs=_needs(fitting),
        placement=PLACEMENT,
        dims=_dims(denoiser),
        parameters=sum(tensor.elements for tensor in header.tensors.values()),
        dtypes=_dtypes(header),
    )


def _fitting(targets: Sequence[Target], metadata: Mapping[str, str]) -> tuple[list[Match], str]:
    """The bases that have the most of ``targets``, and what told them apart beside the header."""
    matches = match_bases(targets, BASES)
    if not matches or matches[0].hits * 2 < len(targets):
        return [], ""
    best = [match for match in matches if match.hits == matches[0].hits]
    whole = [match for match in best if match.base.reaches_the_end(targets)]
    if len(best) > 1 and len({match.base.family for match in best}) > 1 and len(whole) == 1:
        return whole, f"it reaches the last block of {whole[0].base.id}"
    named = [(match, word) for match in best if (word := _named(match.base, metadata))]
    if len(best) > 1 and len(named) == 1:
        return [named[0][0]], f"its metadata says {named[0][1]}"
    return best, ""


def _named(base: Base, metadata: Mapping[str, str]) -> str:
    for key in METADATA_WORDS:
        value = metadata.get(key, "")[:200].lower()
        if any(word in value for word in base.words):
            return quoted(metadata[key])
    return ""


def _name(fitting: Sequence[Match]) -> tuple[str, str, str]:
    families = {match.base.family for match in fitting}
    if len(fitting) == 1:
        base = fitting[0].base
        return f"lora-{base.id}", base.family, base.generation
    if len(families) == 1:
        (family,) = families
        return f"lora-{family}", family, ""
    return UNKNOWN_BASE, UNKNOWN, ""


def _variant(
    fitting: Sequence[Match], targets: Sequence[Target], metadata: Mapping[str, str]
) -> str:
    kind = "IC-LoRA" if "reference_downscale_factor" in metadata else _kind(targets)
    names = " or ".join(match.base.id for match in fitting)
    picture = " (an image model)" if fitting and not any(m.base.video for m in fitting) else ""
    return f"{kind} for {names}{picture}" if names else f"{kind} of an unknown base"


def _naming(targets: Sequence[Target]) -> str:
    """Whose loader takes the names as they are, by how most of them begin; "" for bare ones."""
    found = Counter(
        owner for target in targets for start, owner in _OWNERS if target.shown.startswith(start)
    )
    return found.most_common(1)[0][0] if found else ""


def _kind(targets: Sequence[Target]) -> str:
    kinds = Counter(kind for target in targets for kind in target.parts)
    for mark, name in (
        ("hada_w1_a", "LoHa"), ("lokr_w1", "LoKr"), ("lokr_w1_a", "LoKr"), ("oft_blocks", "OFT"),
        ("oft_diag", "OFT"), ("dora_scale", "DoRA"), ("down", "LoRA"),
    ):  # fmt: skip
        if kinds[mark]:
            return name
    return "weight difference"


def _evidence(
    targets: Sequence[Target],
    denoiser: Sequence[Target],
    fitting: Sequence[Match],
    hint: str,
) -> list[str]:
    lines = [f"{len(targets)} layers are changed, the first is {quoted(targets[0].shown)}"]
    lines += [
        f"{match.hits} of {len(denoiser)} are layers of {match.base.id} in its sizes"
        for match in fitting
    ]
    if len(fitting) > 1:
        lines.append("the header does not tell these bases apart")
    if denoiser and not fitting:
        lines.append("these are the layers of no base that is known here")
    if hint:
        lines.append(hint)
    if not denoiser:
        lines.append("it changes text encoders only")
    ranks = [rank for target in targets for rank in target.ranks]
    if ranks:
        low, rank = min(ranks), max(ranks)
        lines.append(f"rank {rank}" if low == rank else f"ranks from {low} to {rank}")
    if ranks and rank in DISTILLED_RANKS and any(match.base.family == "ltx2" for match in fitting):
        lines.append(f"rank {rank} is that of the distilled LoRA of {DISTILLED_RANKS[rank]} (hint)")
    return lines


def _near(fitting: Sequence[Match], targets: Sequence[Target]) -> list[NearMiss]:
    if fitting:
        reason = "other bases fit as well"
        return [NearMiss(id=m.base.id, mine=True, reasons=(reason,)) for m in fitting[:3]]
    closest = match_bases(targets, BASES)[:3]
    return [
        NearMiss(
            id=match.base.id,
            mine=False,
            reasons=(
                f"has {match.hits} of {len(targets)} layers",
                *((match.clash,) if match.clash else ()),
            ),
        )
        for match in closest
    ]


def _mixture(path: Path, targets: Sequence[Target], fitting: Sequence[Match]) -> list[Finding]:
    """Layers of a second base, or of the right name in the wrong size."""
    if not fitting:
        return []
    base = fitting[0].base
    problems = {target.shown: base.takes(target) for target in targets}
    rest = [target for target in targets if problems[target.shown]]
    wrong = [name for name, problem in problems.items() if problem not in ("", NO_SUCH_LAYER)]
    others = [match for match in match_bases(rest, BASES) if match.hits * 2 > len(rest)]
    tied = {match.base.id for match in fitting}
    second = next((m.base for m in others if m.base.id not in tied), None)
    numbers = {"layers": len(targets), "others": len(rest), "base": base.id}
    if second is not None and (wrong or second.family != base.family):
        return [
            damage(
                "lora-mixed-bases", path,
                f"{len(targets) - len(rest)} layers are those of {base.id} and {len(rest)} those "
                f"of {second.id}, such as {quoted(rest[0].shown)}; a LoRA has one base",
                remedy="two LoRAs were merged by name; take them apart or download them again",
                evidence={**numbers, "second": second.id},
            )
        ]  # fmt: skip
    if not wrong:
        return []
    return [
        damage(
            "lora-size-mismatch", path,
            f"{quoted(wrong[0])} {problems[wrong[0]]}; so do {len(wrong)} of {len(targets)} layers",
            remedy="it was trained on another size of this model, or is damaged; loaders skip or "
            "refuse these layers",
            severity=Severity.MEDIUM,
            detail=wrong[0][:200],
            evidence={**numbers, "wrong": len(wrong)},
        )
    ]  # fmt: skip


def _needs(fitting: Sequence[Match]) -> tuple[Need, ...]:
    ids = tuple(dict.fromkeys(name for match in fitting for name in match.base.fits))
    note = "the model it was trained on"
    return (Need(role=Role.DIFFUSION_MODEL, ids=ids, note=note),) if ids else ()


def _dims(targets: Sequence[Target]) -> dict[str, Measured]:
    """The commonest input size of the picture's layers: the width of its hidden state."""
    pictures = [target for target in targets if "audio" not in target.name] or targets
    sizes = Counter(target.into for target in pictures if target.into is not None)
    if not sizes:
        return {}
    width, _ = sizes.most_common(1)[0]
    name = next(target.shown for target in pictures if target.into == width)
    return {"width": Measured(value=width, source=f"input of {quoted(name)}")}


def _measures(
    header: Header, targets: Sequence[Target], others: Sequence[str]
) -> dict[str, object]:
    ranks = [rank for target in targets for rank in target.ranks]
    found: dict[str, object] = {
        "format": header.format,
        "tensors": len(header.tensors),
        "layers": len(targets),
        "rank_min": min(ranks, default=None),
        "rank_max": max(ranks, default=None),
        "alphas": sum("alpha" in target.parts for target in targets),
        "unrecognised_tensors": len(others),
        "hosts": dict(Counter(target.host or "denoiser" for target in targets)),
    }
    for key in ("reference_downscale_factor", "ss_network_alpha", "ss_network_dim"):
        if key in header.metadata:
            found[key] = header.metadata[key][:40]
    found |= _adapter_settings(header.metadata)
    name = header.path.name.lower()
    for word in ("high", "low"):
        if f"{word}_noise" in name or f"{word}-noise" in name or f"{word}noise" in name:
            found["expert_by_name"] = word
    return found


def _adapter_settings(metadata: Mapping[str, str]) -> dict[str, object]:
    """Rank and alpha that diffusers writes into the metadata of a peft LoRA."""
    text = metadata.get("lora_adapter_metadata", "")
    if not 0 < len(text) <= 1 << 16:
        return {}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    numbers = {key.rpartition(".")[2]: value for key, value in document.items()}
    return {
        f"declared_{word}": numbers[key]
        for word, key in (("rank", "r"), ("alpha", "lora_alpha"))
        if type(numbers.get(key)) in (int, float)
    }


def _dtypes(header: Header) -> dict[str, int]:
    found: Counter[str] = Counter()
    for tensor in header.tensors.values():
        found[tensor.dtype] += tensor.elements
    return dict(found.most_common())
