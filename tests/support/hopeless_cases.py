"""Plain scenarios whose successes of step 1 are mostly known to come to nothing when they are booked.

The engine leaves these out where nobody asks for details (`simcore.kernels.teams.booking`).
"""

from __future__ import annotations

from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG
from tests.support.reactive_cases import CHECKED, MONTHLY, drive, playing
from tests.support.scenario_cases import NOISY, Scenario, funnel

STRETCHED = playing(
    "day",
    {
        "haste": drive({"deadline": 3}, {"opportunities": {"slope": 0.4}, "activity": {"slope": 0.5}}, level=(0, 1)),
        "tired": drive({"behind": 1}, {"lag": {"slope": 2.0}}, memory=0.0),
    },
    horizon={"weeks": 10, "warmup_weeks": 5},
    quota=MONTHLY,
    plan={"calls_per_week": 120},
)
HOPELESS: dict[str, Scenario] = {
    "short": STRETCHED | {"funnel": funnel({"lag": "5h"}, {"rate": NOISY, "lag": "3h"}, {})},
    "gamma": STRETCHED | {"funnel": funnel({"lag": GAMMA_LAG}, {"rate": NOISY, "lag": "6h"}, {})},
    "checked": STRETCHED | {"funnel": funnel({"lag": "5h"}, {"rate": 0.4, "lag": "3h", "needs": CHECKED}, {})},
    "log-normal": STRETCHED | {"funnel": funnel({"lag": "5h"}, {"lag": LOGNORMAL_LAG}, {"lag": GAMMA_LAG})},
}
