"""Tables of lags and of deal values: every distribution, as written in a scenario file.

The kernels, the twin, the program and the closed forms are checked on all of them; a new distribution is one line here.
"""

from __future__ import annotations

from typing import Any

LOGNORMAL_LAG = {"median": "2d", "p90": "6d"}
GAMMA_LAG = {"mean": "3d", "cv": 0.9}
TABLE_LAG = {"values": ["0h", "5h", "1.5d", "2w"], "weights": [1, 0, 2.5, 1]}
LAGS: dict[str, dict[str, Any]] = {
    "fixed": {"fixed": "2.06d"},
    "log-normal": LOGNORMAL_LAG,
    "gamma": GAMMA_LAG,
    "table": TABLE_LAG,
}
"""By name."""

VALUES: dict[str, dict[str, Any]] = {
    "fixed": {"fixed": 123.45},
    "log-normal": {"mean": 50, "cv": 0.7},
    "gamma": {"mean": 50, "cv": 0.7, "shape": "gamma"},
    "listed": {"values": [100, 2500.5, 0.01]},
    "weighted": {"values": [100, 250, 300, 12000], "weights": [5, 0, 1, 0.25]},
}
"""By name."""
