"""Sees every operation below Python's functions, and runs it on whatever payload there is."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch  # noqa: TID253 - only a worker imports this package, and the class needs its base
from torch.utils._python_dispatch import TorchDispatchMode  # noqa: TID253

from runners.engines.pretend.state import State
from runners.engines.pretend.words import details_of, place

LARGE = 1 << 20
"""Values from which a new tensor is made without memory in the real-size pass: latents are smaller,
masks and positions of a long video are larger."""

_LOCAL = ("aten::_local_scalar_dense", "aten::item", "aten::equal", "aten::is_nonzero")


class Operations(TorchDispatchMode):
    """Runs each operation on CPU or meta tensors and writes down those that are on the device."""

    def __init__(self, state: State) -> None:
        """Write into ``state``."""
        super().__init__()
        self._state = state

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run ``func`` and note it."""
        state, ledger = self._state, self._state.ledger
        named = dict(kwargs or {})
        inputs = list(_tensors((args, named)))
        held = [tensor for tensor in inputs if ledger.holds(tensor)]
        on_device = state.making if state.making is not None else bool(held)
        result = self._run(func, args, named, inputs)
        outputs = list(_tensors(result))
        mutated = {id(tensor) for tensor in inputs}
        for tensor in outputs:
            if id(tensor) not in mutated or state.making is not None:
                ledger.put(tensor, on_device=on_device or ledger.holds(tensor))
        if on_device and not state.muted:
            name = func._schema.name + (
                f".{func._schema.overload_name}" if func._schema.overload_name else ""
            )
            state.recorder.note(
                name, held, outputs,
                place=place(), phase=ledger.phase, details=details_of(name, args, named),
            )  # fmt: skip
        return result

    def _run(self, func: Any, args: Any, kwargs: dict[str, Any], inputs: list[Any]) -> Any:
        """Run on the CPU where every input is real, on meta where one is not."""
        real_size = self._state.real_size
        if not any(t.is_meta or (real_size and t.numel() > LARGE) for t in inputs):
            if not real_size:
                return func(*args, **kwargs)
            if not inputs and self._state.making:
                kwargs = _without_memory(args, kwargs)
            return _lightened(func, func(*args, **kwargs))
        name = func._schema.name
        if name in _LOCAL:
            # Code asks for a value that nobody has: whatever it is, the sizes stay the same.
            return True if name != "aten::_local_scalar_dense" else 1
        args, kwargs = _all_meta(args), _all_meta(kwargs)
        if kwargs.get("device") is not None:
            kwargs["device"] = torch.device("meta")
        kept = inputs[0] if inputs and not inputs[0].is_meta and _writes(func) else None
        result = func(*args, **kwargs)
        return result if kept is None else kept


def _writes(func: Any) -> bool:
    return bool(func._schema.is_mutable)


def _lightened(func: Any, result: Any) -> Any:
    """The result, or one without memory where it is large and shares none with anything."""
    shares = any(value.alias_info is not None for value in func._schema.returns)
    large = isinstance(result, torch.Tensor) and result.numel() > LARGE
    return result.to("meta") if large and not shares else result


def _without_memory(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    size = args[0] if args and isinstance(args[0], list | tuple) else ()
    elements = 1
    for side in size:
        elements *= int(side)
    return {**kwargs, "device": torch.device("meta")} if elements > LARGE else kwargs


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)


def _all_meta(value: Any) -> Any:
    """The same arguments with every real tensor of more than one value as a meta tensor."""
    if isinstance(value, torch.Tensor):
        if value.is_meta or value.dim() == 0:
            return value
        if value.dtype is torch.bool and value.dim() == 1:
            return value.nonzero().squeeze(1).to("meta")
        return value.to("meta")
    if isinstance(value, list | tuple):
        return type(value)(_all_meta(item) for item in value)
    if isinstance(value, dict):
        return {key: _all_meta(item) for key, item in value.items()}
    return value
