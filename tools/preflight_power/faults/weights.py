"""The denoiser's weights are not what was published."""

from typing import Any

from tools.preflight_power.faults import parts
from tools.preflight_power.faults.fault import Fault, Target

FP8_LARGEST = 448.0
"""Largest finite value of float8_e4m3fn."""


def _one_value(value: float) -> Any:
    def inject(target: Target) -> None:
        weight = parts.pick(target, parts.block_matrices(target))
        weight.view(-1)[int(target.rng.integers(weight.numel()))] = value

    return inject


def _zeroed_matrix(target: Target) -> None:
    largest = sorted(parts.block_matrices(target), key=lambda w: w.numel())[-6:]
    parts.pick(target, largest).zero_()


def _zeroed_block(target: Target) -> None:
    for parameter in parts.pick(target, parts.blocks(target)).parameters():
        parameter.data.zero_()


def _zeroed_output(target: Target) -> None:
    for parameter in parts.output_layer(target).parameters():
        parameter.data.zero_()


def _zeroed_input(target: Target) -> None:
    for parameter in parts.input_layer(target).parameters():
        parameter.data.zero_()


def _flipped_output(target: Target) -> None:
    for parameter in parts.output_layer(target).parameters():
        parameter.data.neg_()


def _flipped_matrices(target: Target) -> None:
    for weight in parts.block_matrices(target):
        weight.neg_()


def _scale_forgotten(target: Target) -> None:
    for weight in parts.block_matrices(target):
        weight.mul_(FP8_LARGEST / max(float(weight.abs().max()), 1e-6))


def _scale_forgotten_once(target: Target) -> None:
    weight = parts.pick(target, parts.block_matrices(target))
    weight.mul_(FP8_LARGEST / max(float(weight.abs().max()), 1e-6))


def _scales_of_neighbours(target: Target) -> None:
    # Row scales applied one row off, as a block-quantised file read with the wrong block size.
    for weight in parts.block_matrices(target):
        scale = weight.flatten(1).abs().amax(1).clamp(min=1e-6)
        ratio = (scale.roll(1) / scale).view(-1, *([1] * (weight.ndim - 1)))
        weight.mul_(ratio)


def _transposed(target: Target) -> None:
    for weight in parts.block_matrices(target):
        if weight.ndim == 2 and weight.shape[0] == weight.shape[1]:
            weight.copy_(weight.T.clone())


def _row_major_mix_up(target: Target) -> None:
    for weight in parts.block_matrices(target):
        if weight.ndim == 2 and weight.shape[0] != weight.shape[1]:
            weight.copy_(weight.T.clone().reshape(weight.shape))


def _exchanged_blocks(target: Target) -> None:
    import torch

    kinds: dict[Any, list[Any]] = {}
    for block in parts.blocks(target):
        shape = tuple((n, tuple(p.shape)) for n, p in block.named_parameters())
        kinds.setdefault(shape, []).append(block)
    for group in kinds.values():
        values = [[p.data.clone() for p in block.parameters()] for block in group]
        for block, other in zip(group, values[1:] + values[:1], strict=True):
            for parameter, value in zip(block.parameters(), other, strict=True):
                parameter.data = value if isinstance(value, torch.Tensor) else parameter.data


def _reread(stored: str, read: str) -> Any:
    def inject(target: Target) -> None:
        import torch

        for weight in parts.block_matrices(target):
            bits = weight.to(getattr(torch, stored)).view(torch.int16)
            weight.copy_(bits.view(getattr(torch, read)).to(weight.dtype))

    return inject


def _second_half_zero(target: Target) -> None:
    parameters = list(target.denoiser.parameters())
    for parameter in parameters[len(parameters) // 2 :]:
        parameter.data.zero_()


def _offset(target: Target) -> None:
    # Every tensor begins a few values late, as with a header of another length.
    shift = int(target.rng.integers(3, 40))
    for weight in parts.block_matrices(target):
        weight.copy_(weight.flatten().roll(shift).view_as(weight))


def _never_loaded(target: Target) -> None:
    import torch

    generator = torch.Generator().manual_seed(int(target.rng.integers(1 << 30)))
    for _, weight in parts.matrices(target.denoiser):
        noise = torch.randn(weight.shape, generator=generator)
        fan = weight[0].numel()
        weight.copy_((noise / fan**0.5).to(weight.dtype))


def _block_never_loaded(target: Target) -> None:
    import torch

    generator = torch.Generator().manual_seed(int(target.rng.integers(1 << 30)))
    for _, weight in parts.matrices(parts.pick(target, parts.blocks(target))):
        noise = torch.randn(weight.shape, generator=generator) / weight[0].numel() ** 0.5
        weight.copy_(noise.to(weight.dtype))


def _two_bits(target: Target) -> None:
    for weight in parts.block_matrices(target):
        step = weight.abs().max().clamp(min=1e-9)
        weight.copy_((weight / step).round() * step)


def _strong_lora(target: Target) -> None:
    import torch

    generator = torch.Generator().manual_seed(int(target.rng.integers(1 << 30)))
    for weight in parts.block_matrices(target):
        if weight.ndim == 2:
            left = torch.randn(weight.shape[0], 4, generator=generator)
            right = torch.randn(4, weight.shape[1], generator=generator)
            added = left @ right
            weight.add_((added * (3 * weight.float().std() / added.std())).to(weight.dtype))


def _biases_lost(target: Target) -> None:
    for name, parameter in target.denoiser.named_parameters():
        if name.endswith("bias"):
            parameter.data.zero_()


def _queries_for_values(target: Target) -> None:
    for block in parts.blocks(target):
        for module in block.modules():
            query, value = getattr(module, "to_q", None), getattr(module, "to_v", None)
            if query is not None and value is not None and _alike(query.weight, value.weight):
                kept = query.weight.data.clone()
                query.weight.data.copy_(value.weight.data)
                value.weight.data.copy_(kept)


def _alike(first: Any, second: Any) -> bool:
    return bool(first.shape == second.shape)


def _half_the_rows(target: Target) -> None:
    # A shard of a tensor-parallel checkpoint: the other half of every matrix is missing.
    for weight in parts.block_matrices(target):
        weight[weight.shape[0] // 2 :].zero_()


def _fault(fault_id: str, title: str, inject: Any) -> Fault:
    return Fault(id=fault_id, stage="weights", title=title, inject=inject)


FAULTS = (
    _fault("nan-weight", "one weight is NaN", _one_value(float("nan"))),
    _fault("inf-weight", "one weight is Inf", _one_value(float("inf"))),
    _fault("huge-weight", "one weight is 30000 (a flipped exponent bit)", _one_value(3e4)),
    _fault("zeroed-matrix", "one large matrix is zero", _zeroed_matrix),
    _fault("zeroed-block", "one block is zero", _zeroed_block),
    _fault("zeroed-output", "the output layer is zero", _zeroed_output),
    _fault("zeroed-input", "the input layer is zero", _zeroed_input),
    _fault("flipped-output", "the prediction has the wrong sign", _flipped_output),
    _fault("flipped-matrices", "every matrix of the blocks has the wrong sign", _flipped_matrices),
    _fault("fp8-scale-forgotten", "fp8 weights without their scales", _scale_forgotten),
    _fault("fp8-scale-once", "one fp8 matrix without its scale", _scale_forgotten_once),
    _fault("row-scales-shifted", "the scale of the row before on every row", _scales_of_neighbours),
    _fault("transposed-squares", "every square matrix is transposed", _transposed),
    _fault("column-major", "matrices read column by column", _row_major_mix_up),
    _fault("exchanged-blocks", "blocks in another order", _exchanged_blocks),
    _fault("bf16-read-as-fp16", "bfloat16 bits read as float16", _reread("bfloat16", "float16")),
    _fault("fp16-read-as-bf16", "float16 bits read as bfloat16", _reread("float16", "bfloat16")),
    _fault("second-half-zero", "the second half of the file is zero", _second_half_zero),
    _fault("offset-tensors", "every matrix begins some values late", _offset),
    _fault("never-loaded", "random weights: no key fitted", _never_loaded),
    _fault("block-never-loaded", "one block kept its random weights", _block_never_loaded),
    _fault("two-bits", "weights rounded to three levels", _two_bits),
    _fault("strong-lora", "a LoRA merged three times as strong as the weights", _strong_lora),
    _fault("biases-lost", "every bias is zero", _biases_lost),
    _fault("queries-for-values", "to_q and to_v exchanged", _queries_for_values),
    _fault("half-the-rows", "half of every matrix is missing", _half_the_rows),
)
