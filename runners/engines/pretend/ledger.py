"""Which storages stand on the pretended device, how long they live, and the most there ever was."""

import weakref
from collections import defaultdict
from typing import Any

WEIGHTS = "weights"
"""The phase in which storages are counted as weights and not as activations."""


class Ledger:
    """Follows storages by their lifetime; a view shares the storage of what it looks at.

    Every storage that was seen has a side: on the device or on the host. One that was never seen is
    on the host.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self._on_device: dict[int, bool] = {}
        self._alive: dict[int, Any] = {}
        self._bytes: dict[int, int] = {}
        self.phase = WEIGHTS
        self.live_bytes = 0
        self.peaks: dict[str, int] = defaultdict(int)

    def holds(self, tensor: Any) -> bool:
        """Whether this tensor is on the device."""
        return self._on_device.get(_key(tensor), False)

    def put(self, tensor: Any, *, on_device: bool) -> None:
        """Say on which side a tensor is; its storage is counted while it lives."""
        key = _key(tensor)
        if key is None or self._on_device.get(key) == on_device:
            return
        if key not in self._alive:
            storage = tensor.untyped_storage()
            self._alive[key] = weakref.ref(storage, lambda _: self._gone(key))
        self._release(key)
        self._on_device[key] = on_device
        if on_device:
            self._bytes[key] = tensor.untyped_storage().nbytes()
            if self.phase != WEIGHTS:
                self.live_bytes += self._bytes[key]
                self.peaks[self.phase] = max(self.peaks[self.phase], self.live_bytes)
            else:
                self._bytes[key] = 0

    def enter(self, phase: str) -> None:
        """Count what comes from now on under ``phase``."""
        self.phase = phase
        self.peaks[phase] = max(self.peaks[phase], self.live_bytes)

    def _release(self, key: int) -> None:
        self.live_bytes -= self._bytes.pop(key, 0)

    def _gone(self, key: int) -> None:
        self._release(key)
        self._on_device.pop(key, None)
        self._alive.pop(key, None)


def _key(tensor: Any) -> Any:
    """What names a storage while it lives; None for tensors that have none."""
    try:
        return tensor.untyped_storage()._cdata
    except (NotImplementedError, RuntimeError):
        return None
