"""One digest for the content of a plan: equal plans have equal digests, however they were typed."""

import hashlib
import json

from compat.core.codec import to_data
from compat.plan.model import RenderPlan


def plan_digest(plan: RenderPlan) -> str:
    """SHA-256, in hex, of every value of ``plan``, waivers and output included.

    Comments, order of keys and layout of the TOML do not count.
    """
    text = json.dumps(to_data(plan), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
