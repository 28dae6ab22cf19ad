"""Computes what a part computed again, on the CPU in float32, from the same inputs and weights.

Compared are single calls, not whole renders: end latents drift apart after a few steps for reasons
of rounding alone, one call's output does not.
"""

import copy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from compat.core.system import free_memory_bytes
from runners.engines.capture import Call, mapped, tensors
from runners.engines.evidence import PartDistance
from runners.engines.statistics import distance

GIB = 1 << 30
ROOM = 1.25
"""What the intermediate results of a tiny clip take besides the weights: a quarter is ample."""

PATIENCE = 5.0
"""Seconds. Many CPUs compute convolutions in half precision 100 times slower than in float32
(Mochi's VAE: 60 s for seven frames of 64x64); where a call is slow already it is not tried."""


def compare_parts(calls: dict[str, Call], memory_limit: int | None = None) -> list[PartDistance]:
    """One answer per captured part; ``memory_limit`` in bytes stands for what is free now."""
    return [compare(call, memory_limit) for call in calls.values()]


def compare(call: Call, memory_limit: int | None = None) -> PartDistance:
    """How far one part's result lies from the CPU's float32 result."""
    import torch

    dtype = tensors(call.result)[0].dtype
    blank = PartDistance(
        part=call.part,
        dtype=str(dtype).removeprefix("torch."),
        epsilon=float(torch.finfo(dtype).eps),
        roundings=sum(1 for m in call.module.modules() if not list(m.children())),
        needed_bytes=needed_bytes(call.module),
    )
    free = free_memory_bytes() if memory_limit is None else memory_limit
    if blank.needed_bytes > free:
        reason = f"needs {blank.needed_bytes / GIB:.1f} GiB, {free / GIB:.1f} GiB are free"
        return replace(blank, reason=reason)
    if any(p.device.type == "meta" for p in call.module.parameters()):
        return replace(blank, reason="its weights are offloaded")
    try:
        return _compared(call, blank)
    except Exception as error:  # noqa: BLE001 - whatever a part raises elsewhere is no verdict
        return replace(blank, reason=f"{type(error).__name__} on the CPU: {error}"[:200])


def _compared(call: Call, blank: PartDistance) -> PartDistance:
    started = time.perf_counter()
    exact = _again(call, widen=True)
    slow = max(call.seconds, time.perf_counter() - started) > PATIENCE
    rough = None if blank.dtype == "float32" or slow else _roughly(call)
    given = tensors(call.result)[0]
    return replace(
        blank,
        distance=distance(exact, given),
        rounding=None if rough is None else distance(exact, rough),
        non_finite=_non_finite(given),
        reference_non_finite=_non_finite(exact),
    )


def needed_bytes(module: Any) -> int:
    """Memory for the float32 copy, the copy in the module's own dtype, and what they compute."""
    weights = list(module.parameters())
    return int(ROOM * sum(p.numel() * (4 + p.element_size()) for p in weights))


def copy_on_cpu(module: Any, *, widen: bool) -> Any:
    """A copy on the CPU without hooks, in float32 where ``widen``; the module stays as it is.

    The weights are converted one by one while copying, so that the device holds no second copy.
    """
    import torch

    memo: dict[int, Any] = {}
    for value in module.parameters():
        memo[id(value)] = torch.nn.Parameter(_to_cpu(value, widen=widen), requires_grad=False)
    for value in module.buffers():
        memo[id(value)] = _to_cpu(value, widen=widen)
    twin = copy.deepcopy(module, memo)
    for part in twin.modules():
        part.__dict__.pop("forward", None)  # what offloading and caches put in its place
        for name in ("_forward_hooks", "_forward_pre_hooks"):
            getattr(part, name).clear()
        for name, value in list(vars(part).items()):
            if isinstance(value, torch.Tensor):
                setattr(part, name, _to_cpu(value, widen=widen))
    return twin


def _again(call: Call, *, widen: bool) -> Any:
    """The call's first result, computed on the CPU; in float32 by torch's plain kernels."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    def moved(tensor: Any) -> Any:
        return _to_cpu(tensor, widen=widen)

    twin = copy_on_cpu(call.module, widen=widen)
    args, kwargs = mapped(call.args, moved), mapped(call.kwargs, moved)
    # Without oneDNN half precision is too slow to wait for.
    with torch.inference_mode(), sdpa_kernel(SDPBackend.MATH), _onednn(enabled=not widen):
        method = twin if call.method == "forward" else getattr(twin, call.method)
        return tensors(method(*args, **kwargs))[0]


@contextmanager
def _onednn(*, enabled: bool) -> Iterator[None]:
    # torch.backends.mkldnn.flags sets TF32 as well and warns of it without an Intel GPU (2.13).
    import torch

    before = torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(enabled)
    try:
        yield
    finally:
        torch._C._set_mkldnn_enabled(before)


def _roughly(call: Call) -> Any:
    try:
        return _again(call, widen=False)
    except (RuntimeError, TypeError):  # a dtype the CPU does not compute in, such as fp8
        return None


def _to_cpu(tensor: Any, *, widen: bool) -> Any:
    import torch

    value = tensor.detach().to("cpu")
    narrow = value.is_floating_point() and value.element_size() < 4
    return value.to(torch.float32) if widen and narrow else value.clone()


def _non_finite(tensor: Any) -> int:
    import torch

    return int((~torch.isfinite(tensor.detach().to("cpu").to(torch.float32))).sum())
