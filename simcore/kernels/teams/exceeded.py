"""A lane that exceeds a limit, and the drive that is to blame."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from simcore.kernels.reacting.breaches import BreachError
from simcore.kernels.reacting.state import Memory


def raise_breach(memory: Memory, what: int, lane: int, hour: int, figure: float) -> NoReturn:
    """Report a lane that exceeds a limit; not of a team, which would then belong to its own funnel and outlive its row.

    Raises
    ------
    BreachError
        Always.
    """
    levels = memory.lanes.level[:, lane]
    drive = int(np.abs(levels).argmax()) if len(levels) else -1
    level = float(levels[drive]) if drive >= 0 else 0.0
    size = 1 << memory.rows.bits
    raise BreachError(what, lane % size, lane // size, hour, drive, level, figure)
