"""Where framegate keeps its evidence: the platform's data folder, or FRAMEGATE_HOME."""

import os
from pathlib import Path


def home() -> Path:
    """Return the folder of the evidence store; it need not exist yet."""
    override = os.environ.get("FRAMEGATE_HOME")
    if override:
        return Path(override).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("framegate", appauthor=False))
