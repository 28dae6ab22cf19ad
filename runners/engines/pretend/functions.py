"""Answers for the device where Python asks: ``.device``, ``.to``, factories, attention."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch  # noqa: TID253 - only a worker imports this package, and the class needs its base
from torch.overrides import TorchFunctionMode  # noqa: TID253

from runners.engines.pretend.state import State
from runners.engines.pretend.words import details_of, place

Call = tuple[Any, tuple[Any, ...], dict[str, Any]]


class Functions(TorchFunctionMode):
    """Lets library code believe that some of its tensors are on the device."""

    def __init__(self, state: State) -> None:
        """Answer for ``state``."""
        super().__init__()
        self._state = state
        tensor = torch.Tensor
        self._answers: dict[Any, Callable[..., Any]] = {
            tensor.device.__get__: self._device,
            tensor.is_mps.__get__: self._is_kind("mps"),
            tensor.is_cuda.__get__: self._is_kind("cuda"),
            tensor.is_meta.__get__: lambda _tensor: False,
            tensor.is_cpu.__get__: lambda tensor: not state.ledger.holds(tensor),
            tensor.get_device: lambda tensor: 0 if state.ledger.holds(tensor) else -1,
            tensor.to: self._to,
            tensor.cpu: lambda tensor, *_, **__: self._to(tensor, "cpu"),
            tensor.cuda: lambda tensor, *_, **__: self._to(tensor, "cuda"),
            tensor.type: self._type,
            tensor.numpy: self._numpy,
        }
        self._whole = {
            torch.nn.functional.scaled_dot_product_attention: self._attention,
            torch.nn.functional.linear: self._linear,
        }

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Answer in the device's place, or pass the call on."""
        named = dict(kwargs or {})
        answer = self._answers.get(func)
        if answer is not None:
            return answer(*args, **named)
        whole = self._whole.get(func)
        if whole is not None:
            return whole(func, args, named)
        if named.get("device") is not None:
            return self._make(func, args, named)
        return func(*args, **named)

    def _device(self, tensor: Any) -> Any:
        return torch.device(self._state.kind, 0) if self._state.ledger.holds(tensor) else _CPU

    def _is_kind(self, kind: str) -> Callable[[Any], bool]:
        state = self._state
        return lambda tensor: state.kind == kind and state.ledger.holds(tensor)

    def _make(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A new tensor on a named side; what the operations below do not show is written here."""
        state = self._state
        on_device = state.is_device(kwargs["device"])
        if not on_device and str(kwargs["device"]) == "meta":
            return func(*args, **kwargs)
        calls = state.recorder.calls
        with self._making(on_device=on_device):
            result = func(*args, **{**kwargs, "device": _CPU})
            if any(result is value for value in args) and state.ledger.holds(result) != on_device:
                # as_tensor hands out what it was given, where nothing has to be converted.
                result = result.clone()
        for tensor in (result,) if isinstance(result, torch.Tensor) else ():
            state.ledger.put(tensor, on_device=on_device)
            if on_device and state.recorder.calls == calls:
                self._note(f"aten::{func.__name__}", [], [tensor], {})
        return result

    def _to(self, tensor: Any, *args: Any, **kwargs: Any) -> Any:
        """Move or convert; a move makes a new storage on the other side."""
        device, dtype, keeps = _target(args, kwargs)
        holds = self._state.ledger.holds(tensor)
        if isinstance(device, torch.Tensor):
            device, dtype = self._device(device), dtype or device.dtype
        wanted = holds if device is None else self._state.is_device(device)
        converted = tensor if dtype is None else torch.Tensor.to(tensor, dtype, **keeps)
        if wanted == holds:
            return converted
        with self._making(on_device=wanted):
            return converted.clone()

    def _type(self, tensor: Any, dtype: Any = None, **_: Any) -> Any:
        if dtype is None:
            return tensor.type()
        return self._to(tensor, dtype) if isinstance(dtype, torch.dtype) else tensor.type(dtype)

    def _numpy(self, tensor: Any, **kwargs: Any) -> Any:
        if self._state.ledger.holds(tensor):
            self._note("aten::numpy", [tensor], [], {})
        if tensor.is_meta:
            tensor = torch.zeros(tensor.shape, dtype=tensor.dtype)
        return tensor.numpy(**kwargs)

    def _attention(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Attention as one operation; on meta only its result is made, as a fused kernel does."""
        named = dict(zip(("query", "key", "value", "attn_mask"), args, strict=False)) | kwargs
        query, key, value = named["query"], named["key"], named["value"]
        masks = [named["attn_mask"]] if named.get("attn_mask") is not None else []
        if not self._state.ledger.holds(query):
            return func(*args, **kwargs)
        # What the CPU's own way of computing it takes in between is none of the device's memory.
        with self._muted(), self._making(on_device=False):
            if query.is_meta or key.is_meta or value.is_meta:
                shape = (*query.shape[:-1], value.shape[-1])
                result = torch.empty(shape, dtype=query.dtype, device="meta")
            else:
                result = func(*args, **kwargs)
        self._state.ledger.put(result, on_device=True)
        self._note_whole("aten::scaled_dot_product_attention", [query, key, value, *masks], result,
                         args, kwargs)  # fmt: skip
        return result

    def _linear(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        inputs = [value for value in (*args, *kwargs.values()) if isinstance(value, torch.Tensor)]
        if not self._state.ledger.holds(inputs[0]):
            return func(*args, **kwargs)
        with self._muted():
            result = func(*args, **kwargs)
        self._note_whole("aten::linear", inputs, result, args, kwargs)
        return result

    def _note_whole(
        self, name: str, inputs: list[Any], result: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        self._note(name, inputs, [result], details_of(name, args, kwargs))

    def _note(
        self, name: str, inputs: list[Any], outputs: list[Any], details: dict[str, object]
    ) -> None:
        if not self._state.muted:
            self._state.recorder.note(
                name, inputs, outputs, place=place(), phase=self._state.ledger.phase,
                details=details,
            )  # fmt: skip

    @contextmanager
    def _making(self, *, on_device: bool) -> Iterator[None]:
        before = self._state.making
        self._state.making = on_device
        try:
            yield
        finally:
            self._state.making = before

    @contextmanager
    def _muted(self) -> Iterator[None]:
        before = self._state.muted
        self._state.muted = True
        try:
            yield
        finally:
            self._state.muted = before


_CPU = torch.device("cpu")


def _target(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """(device or a tensor to be like, dtype, the rest) of a call of ``Tensor.to``."""
    device, dtype = kwargs.get("device"), kwargs.get("dtype")
    if "other" in kwargs:
        device = kwargs["other"]
    for value in args:
        if isinstance(value, torch.dtype):
            dtype = value
        elif isinstance(value, torch.Tensor | torch.device | str) or (
            isinstance(value, int) and not isinstance(value, bool)
        ):
            device = value
    keeps: dict[str, Any] = {key: kwargs[key] for key in ("memory_format", "copy") if key in kwargs}
    return device, dtype, keeps
