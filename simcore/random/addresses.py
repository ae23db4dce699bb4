"""The address of every draw: which decision of which rep, week and replication it belongs to.

The layout is spelled out in ``docs/randomness.md``; changing it changes every result.
"""

from __future__ import annotations

import numpy as np

from simcore.compiled.jit import inlined, uint32

SUCCESSES = 1
ITEM = 2
ITEM_LATE = 3
LAG = 4
LAG_LATE = 5
VALUE = 6
MARKET = 7
REP_RATE = 8
WEEK_NOISE = 9
TURNOVER = 10
REFERRAL = 11
THIN = 12
PULL = 13
HABIT = 14
COACHING = 15
NEED = 105
"""Of the first need; 106 and 107 are those of the second and the third."""
NEED_END = 108
"""Likewise."""
CLOSING = 111
"""Whether an item waits for a closing day: of steps 1 to 4."""
CLOSING_LATE = 96
"""Likewise, of steps 5 to 7."""
ROUTE = 97
"""Who gets an item that comes to a team."""
INFLOW = 240
"""How many items come without a call."""
KNOWLEDGE = 242
PIPELINE_DEAL = 243
"""Of deals that are open on the day of a forecast; word 0 of stay n: how long, 1: how it ends, 2: where it leads."""
PIPELINE_NEW = 244
"""Deals to come that are won, by block (a segment and week): how many, and word k the values of four of them."""

OPEN_AT_START = 16
"""Added to an item's purposes for the items that are open when a run starts."""
REFERRED = 32
"""The same for referrals."""
FLOWN_IN = 48
"""The same for items that come without a call; their part is the number of their inflow."""

MAX_REPS = 1 << 16
MAX_WEEKS = 1 << 16
MAX_ITEMS = (1 << 16) - 1
MAX_REPLICATIONS = 1 << 40
MAX_PARTS = 1 << 8


@inlined
def decision(purpose: int, part: int, item: int) -> np.uint32:
    """Return the first counter word: which decision it is (uint32)."""
    return uint32((purpose << 24) | (part << 16) | item)


@inlined
def place(rep: int, week: int) -> np.uint32:
    """Return the second counter word: whose decision it is, and in which week (uint32)."""
    return uint32((rep << 16) | week)
