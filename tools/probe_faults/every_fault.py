"""All faults by name."""

from tools.device_faults.every_bug import GROUPS
from tools.probe_faults.fault import Fault, of_device
from tools.probe_faults.libraries import LIBRARIES
from tools.probe_faults.scaled import in_small_too

DEVICES = tuple(
    in_small_too(group, bug) or of_device(group, bug)
    for group, bugs in GROUPS.items()
    for bug in bugs
)

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (*DEVICES, *LIBRARIES)}
