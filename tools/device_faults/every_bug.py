"""All bugs of devices by name."""

from tools.device_faults.any_size import ANY_SIZE
from tools.device_faults.attention import ATTENTION
from tools.device_faults.bug import Bug
from tools.device_faults.convolutions import CONVOLUTIONS
from tools.device_faults.numbers import NUMBERS
from tools.device_faults.products import PRODUCTS
from tools.device_faults.random_numbers import RANDOM_NUMBERS
from tools.device_faults.refusals import REFUSALS
from tools.device_faults.views import VIEWS

GROUPS: dict[str, tuple[Bug, ...]] = {
    "at any size": ANY_SIZE,
    "attention": ATTENTION,
    "products": PRODUCTS,
    "convolution, padding, resizing": CONVOLUTIONS,
    "views": VIEWS,
    "number types": NUMBERS,
    "noise": RANDOM_NUMBERS,
    "refusals": REFUSALS,
}
"""The bugs, by what they are about."""

BUGS = {bug.name: bug for bugs in GROUPS.values() for bug in bugs}
"""The same by name."""
