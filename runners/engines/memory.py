"""Peak memory of one piece of work, on whatever device it ran."""

from compat.core.system import own_peak_memory_bytes


def reset_peak(device: str) -> None:
    """Start counting anew where the device can; a CPU process only ever knows its lifetime peak."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.reset_peak_memory_stats(device)


def peak_bytes(device: str) -> int:
    """Peak memory since the last reset, in bytes: device memory on CUDA, else of the process."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.max_memory_allocated(device))
    if device.startswith("mps"):
        import torch

        return int(torch.mps.driver_allocated_memory())
    return own_peak_memory_bytes()
