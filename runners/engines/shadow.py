"""Follows every operation of a run and compares it with wider precision on the processor.

Each operation is judged by itself: the reference gets a byte copy of the very inputs that the
device had, so an error does not travel, and the first operation that is off is the guilty one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from probes.numerics import LIMIT_EPS
from runners.engines.call_sites import CallSites, source_line
from runners.engines.parity_messages import Divergence
from runners.engines.shadow_reference import (
    NoReferenceError,
    at_home,
    host_copy,
    is_attention,
    reference,
    widened,
    wider,
)

FORGIVEN = 8.0
"""A result may be off by this many times what the same operation is off by on the processor in the
same dtype: a layer norm of nearly equal values has lost relL2 0.7 in float32 (CogVideoX)."""

RANDOM = (
    "empty", "empty_strided", "empty_like", "new_empty", "new_empty_strided", "bernoulli", "set_",
)  # fmt: skip
"""Operations whose result is not decided by the numbers that go in, beside those torch tags."""


class Shadow:
    """Compares each result; ``divergences`` are kept in order, at most ``most`` of them."""

    def __init__(self, sites: CallSites, most: int, tick: Callable[[int], None]) -> None:
        """Take module paths from ``sites``; ``tick`` is told how many results were compared."""
        self._sites = sites
        self._most = most
        self._tick = tick
        self.compared = 0
        self.found = 0
        self.worst_eps: dict[str, float] = {}
        self.not_compared: Counter[str] = Counter()
        self.divergences: list[Divergence] = []

    def mode(self) -> AbstractContextManager[object]:
        """A context in which every operation of this thread is followed."""
        from torch.utils._python_dispatch import TorchDispatchMode

        around = self._around

        class Following(TorchDispatchMode):
            def __torch_dispatch__(
                self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
            ) -> Any:
                return around(func, args, kwargs or {})

        return Following()

    def _around(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run the operation, then judge what came out."""
        from torch.utils._python_dispatch import _disable_current_modes

        if not _is_judged(func, args, kwargs):
            return func(*args, **kwargs)
        with _disable_current_modes():
            # Before the call, because an operation in place eats its own input.
            copies = host_copy((list(args), dict(kwargs)))
        result = func(*args, **kwargs)
        with _disable_current_modes():
            self._judge(func, copies, result)
        return result

    def _judge(self, func: Any, copies: Any, result: Any) -> None:
        name = _name(func)
        outputs = _tensors(result)
        try:
            wide = _tensors(reference(func, *widened(copies)))
        except NoReferenceError:
            self.not_compared[name] += 1
            return
        # Fused attention also returns what only its backward pass reads.
        pairs = list(zip(outputs, wide, strict=False))
        pairs = pairs[:1] if is_attention(func) else pairs
        for output, meant in pairs:
            self._compare(func, copies, host_copy(output), meant)
        self.compared += 1
        self._tick(self.compared)

    def _compare(self, func: Any, copies: Any, output: Any, meant: Any) -> None:
        name, dtype = _name(func), str(output.dtype).removeprefix("torch.")
        problem, error = difference(output, meant, defaulted=not _has_floats(copies))
        limit = LIMIT_EPS.get(dtype, LIMIT_EPS["float32"])
        if not problem:
            self.worst_eps[name] = max(self.worst_eps.get(name, 0.0), error)
            if error <= limit:
                return
        host = self._host_error(func, copies, output, meant)
        if host is not None and not problem and error <= FORGIVEN * host:
            return
        self.found += 1
        if len(self.divergences) < self._most:
            self.divergences.append(
                Divergence(
                    number=self.compared,
                    operation=name,
                    module=self._sites.module,
                    source=source_line(),
                    inputs=tuple(_inputs(copies)),
                    dtype=dtype,
                    error_eps=error,
                    limit_eps=limit,
                    host_eps=host,
                    problem=problem,
                )
            )

    def _host_error(self, func: Any, copies: Any, output: Any, meant: Any) -> float | None:
        """What the processor is off by in the same dtype; None where it does not do this at all."""
        try:
            results = _tensors(reference(func, *at_home(host_copy(copies))))
        except NoReferenceError:
            return None
        same = (other for other in results if other.shape == output.shape)
        free = not _has_floats(copies)
        return next((difference(other, meant, defaulted=free)[1] for other in same), None)


def difference(output: Any, meant: Any, *, defaulted: bool = False) -> tuple[str, float]:
    """What is wrong in words, or "", and the largest error in eps of the output's dtype.

    Integers and truth values have no eps: there any difference is a problem in words. With
    ``defaulted`` nothing among the inputs says a dtype, so that the reference has none wider.
    """
    if tuple(output.shape) != tuple(meant.shape):
        return f"it has shape {tuple(output.shape)}, expected {tuple(meant.shape)}", 0.0
    if meant.dtype not in (wider(output.dtype), output.dtype if defaulted else None):
        return f"it comes out as {output.dtype}, expected one that widens to {meant.dtype}", 0.0
    if output.is_floating_point() or output.is_complex():
        return _of_numbers(output, meant)
    wrong = int((output != meant).sum())
    return (f"{wrong} of {output.numel()} values differ" if wrong else ""), 0.0


def _of_numbers(output: Any, meant: Any) -> tuple[str, float]:
    import torch

    wide, precision = output.to(meant.dtype), torch.finfo(output.dtype)
    fits = meant.isfinite() & (meant.abs() <= precision.max)
    if lost := int((wide.isfinite() != fits).sum()):
        return f"{lost} of {output.numel()} values are wrongly finite or not finite", 0.0
    if not bool(fits.any()):
        return "", 0.0
    apart, largest = (wide - meant)[fits].abs().max().item(), meant[fits].abs().max().item()
    # Below the smallest normal number the spacing is fixed.
    return "", float(apart / max(largest, precision.tiny) / precision.eps)


def _has_floats(copies: Any) -> bool:
    """Whether a tensor or an argument among the inputs decides the dtype of the result."""
    import torch
    from torch.utils._pytree import tree_leaves

    return any(
        isinstance(leaf, torch.dtype)
        or (isinstance(leaf, torch.Tensor) and (leaf.is_floating_point() or leaf.is_complex()))
        for leaf in tree_leaves(copies)
    )


def _is_judged(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    import torch

    # Attention is tagged too, for its dropout; the reference refuses where that is switched on.
    random = torch.Tag.nondeterministic_seeded in func.tags and not is_attention(func)
    decided = not random and _name(func) not in RANDOM
    tensors = _tensors((args, dict(kwargs)))
    return decided and not _is_view(func) and all(t.device.type != "meta" for t in tensors)


def _is_view(func: Any) -> bool:
    """Whether the result only looks at an input's memory."""
    returns = func._schema.returns
    return bool(returns) and all(r.alias_info and not r.alias_info.is_write for r in returns)


def _tensors(values: Any) -> list[Any]:
    import torch
    from torch.utils._pytree import tree_leaves

    return [leaf for leaf in tree_leaves(values) if isinstance(leaf, torch.Tensor)]


def _inputs(copies: Any) -> Iterator[str]:
    """Shape, dtype and layout of each tensor among the arguments."""
    for tensor in _tensors(copies):
        size = "x".join(map(str, tensor.shape)) or "scalar"
        layout = "" if tensor.is_contiguous() else " strided"
        yield f"{size} {str(tensor.dtype).removeprefix('torch.')}{layout}"


def _name(func: Any) -> str:
    return str(func).split(".")[1]
