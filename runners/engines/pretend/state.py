"""What the two halves of the pretended device share."""

from typing import Any

from runners.engines.pretend.ledger import Ledger
from runners.engines.pretend.recorder import Recorder


class State:
    """One pretended device during one pass.

    ``making`` is the side on which the running function was told to make its result, None where it
    was not told; ``muted`` is true inside an operation that is written down as a whole.
    """

    def __init__(self, kind: str, *, real_size: bool) -> None:
        """Pretend a device of this kind (mps, cuda)."""
        self.kind = kind
        self.real_size = real_size
        self.ledger = Ledger()
        self.recorder = Recorder()
        self.making: bool | None = None
        self.muted = False

    def is_device(self, device: Any) -> bool:
        """Whether a torch device or its name means the pretended one."""
        if device is None:
            return False
        name = device if isinstance(device, str) else getattr(device, "type", "")
        return isinstance(device, int) or name.partition(":")[0] == self.kind
