"""What the batches of each technique of variance reduction tell: gains over crude Monte Carlo, verdicts, advice."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.program.quotas import periods_with_quota
from simcore.results.header import header_of
from simcore.scenario.digest import joint_digest
from simcore.scenario.metric import P_QUOTA, P_QUOTA_TEAM, QUANTILE, REVENUE
from simcore.variance_reduction.document import Gain, Slope, TechniqueRow, VarianceBench
from simcore.variance_reduction.efficiency import efficiency, rate_of_error
from simcore.variance_reduction.techniques import TECHNIQUES, Batch, Case, Technique, refusal

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

Floats = NDArray[np.float64]

FEW = 30
"""Crude Monte Carlo that saw the event less often knows nothing of its own variance."""
DOUBTFUL = 4.0
"""Standard errors from the reference, or of a control from its expectation, beyond which a technique is not trusted."""
NOTHING = 1e-9
"""A standard error below this part of the estimate is rounding: no variance is left."""


class Measured(NamedTuple):
    """What the batches of a technique have told; one entry for each batch, m in all, of the full size."""

    technique: Technique
    batches: tuple[Batch, ...]
    sizes: tuple[float, ...]
    """Numbers of worlds, from the fewest ..."""
    errors: tuple[float, ...]
    """... and the standard errors of batches of that size: roots of mean squares."""

    @property
    def estimate(self) -> float:
        """Mean over the batches."""
        return float(np.mean([batch.estimate.mean for batch in self.batches]))

    @property
    def variances(self) -> Floats:
        """Squared standard errors of the batches, float64[m]."""
        return np.array([batch.estimate.standard_error**2 for batch in self.batches])

    @property
    def seconds(self) -> Floats:
        """Processor time of the batches, float64[m]."""
        return np.array([batch.seconds for batch in self.batches])

    @property
    def se(self) -> float:
        """Standard error of the mean over the batches."""
        return sqrt(float(self.variances.mean()) / len(self.batches))

    @property
    def exact(self) -> bool:
        """Whether no variance is left but rounding."""
        return self.se <= NOTHING * abs(self.estimate) and self.estimate != 0.0


def document_of(
    scenarios: Sequence[Scenario],
    case: Case,
    measured: list[Measured],
    exact: float | None,
    batch: int,
    *,
    interrupted: bool,
    seconds: float,
) -> VarianceBench:
    """Return the document of what was measured; crude Monte Carlo comes first.

    Parameters
    ----------
    scenarios
        Whose runs were measured: one, or two for their difference.
    exact
        The answer in closed form, if there is one.
    batch
        Worlds of a batch.
    """
    crude = measured[0]
    computed = _is_rare(case, crude)
    variances = _crude_variances(case, measured) if computed else crude.variances
    reference: float | None = exact
    source: Literal["exact", "crude", "none"] = "exact"
    if exact is None:
        reference, source = (None, "none") if computed else (crude.estimate, "crude")
    reference_se = 0.0 if source == "exact" else crude.se
    names = {each.technique.name for each in measured}
    rows = [_row(each, crude, variances, reference, reference_se) for each in measured]
    rows += [_refused(each, refusal(each, case)) for each in TECHNIQUES if each.name not in names]
    best = best_of(rows)
    return VarianceBench(
        **header_of(
            scenarios[0],
            strategies=[each.run.strategy for each in scenarios],
            digest=joint_digest(scenarios),
            replications=len(crude.batches) * batch,
            interrupted=interrupted,
            seconds=seconds,
        ),
        metric=str(case.metric),
        level=case.level if case.metric.name == QUANTILE else None,
        batches=len(crude.batches),
        batch=batch,
        reference=reference,
        reference_is=source,
        crude_variance_is="computed" if computed else "measured",
        rows=rows,
        recommended=best.technique,
        advice=_advice(best),
    )


def _is_rare(case: Case, crude: Measured) -> bool:
    """Return whether crude Monte Carlo saw too few windows with the event, or without it, to know its variance."""
    if case.is_difference or case.metric.name == REVENUE:
        return False
    windows = sum(batch.replications for batch in crude.batches) * case.programs[0].team.reps
    return min(crude.estimate, 1.0 - crude.estimate) * windows < FEW


def _crude_variances(case: Case, measured: list[Measured]) -> Floats:
    """Return the squared error of crude batches from the best estimate of the chance, as of independent windows."""
    crude = measured[0]
    known = [each for each in measured if _is_trusted(each) and each.estimate > 0.0 and each.variances.min() > 0.0]
    chance = min(known, key=lambda each: each.se / each.estimate).estimate if known else 0.0
    windows = windows_per_world(case)
    each = [chance * (1.0 - chance) / (windows * batch.replications) for batch in crude.batches]
    return np.array(each)


def windows_per_world(case: Case) -> int:
    """Return the windows of a share that a world holds, of all reps."""
    of_quota = case.metric.name in (P_QUOTA, P_QUOTA_TEAM)
    program = case.programs[0]
    if of_quota:
        return periods_with_quota(program, team=case.metric.name == P_QUOTA_TEAM)
    return case.windows_each * program.team.reps


def _is_trusted(measured: Measured) -> bool:
    return all(batch.trusted and batch.worst_control <= DOUBTFUL for batch in measured.batches)


def _row(
    measured: Measured, crude: Measured, crude_variances: Floats, reference: float | None, reference_se: float
) -> TechniqueRow:
    technique, own = measured.technique, measured is crude
    estimate, se = measured.estimate, measured.se
    error = sqrt(se**2 + reference_se**2)
    far = None
    if reference is not None and not (own and reference == estimate):
        far = (estimate - reference) / error if error > 0.0 else None
    if measured.exact:
        far = None if reference is None or reference_se == 0.0 else far
    trusted = _is_trusted(measured) and (far is None or abs(far) <= DOUBTFUL)
    gain, rate = None, None
    if not (measured.exact or own) and measured.variances.min() > 0.0 and crude_variances.min() > 0.0:
        found = efficiency(crude_variances, crude.seconds, measured.variances, measured.seconds)
        gain = Gain(ratio=found.ratio, low=found.low, high=found.high)
    if not measured.exact and min(measured.errors) > 0.0:
        slope, slope_se = rate_of_error(measured.sizes, measured.errors)
        rate = Slope(slope=slope, se=slope_se)
    replications = float(np.mean([batch.replications for batch in measured.batches]))
    return TechniqueRow(
        technique=technique.name,
        what=technique.what,
        refused=None,
        estimate=estimate,
        se=0.0 if measured.exact else se,
        z=far if far is None or isfinite(far) else None,
        variance=0.0 if measured.exact else float(measured.variances.mean()) * replications,
        microseconds=1e6 * float(measured.seconds.mean()) / replications,
        efficiency=gain,
        exact=measured.exact,
        trusted=trusted,
        rate=rate,
        verdict=_verdict(gain, exact=measured.exact, own=own, trusted=trusted),
    )


Said = Literal["crude", "refused", "exact", "helps", "no difference", "hurts", "untrusted"]


def _verdict(gain: Gain | None, *, exact: bool, own: bool, trusted: bool) -> Said:
    if own:
        return "crude"
    if not trusted or (gain is None and not exact):
        return "untrusted"
    if exact or gain is None:
        return "exact"
    if gain.low > 1.0:
        return "helps"
    return "hurts" if gain.high < 1.0 else "no difference"


def _refused(technique: Technique, reason: str | None) -> TechniqueRow:
    return TechniqueRow(
        technique=technique.name,
        what=technique.what,
        refused=reason,
        estimate=None,
        se=None,
        z=None,
        variance=None,
        microseconds=None,
        efficiency=None,
        exact=False,
        trusted=False,
        rate=None,
        verdict="refused",
    )


def best_of(rows: list[TechniqueRow]) -> TechniqueRow:
    """Return the technique to use: an exact one, else the one whose gain is surely the largest."""
    exact = [row for row in rows if row.verdict == "exact"]
    if exact:
        return min(exact, key=lambda row: row.microseconds or 0.0)
    helpful = [row for row in rows if row.verdict == "helps" and row.efficiency is not None]
    return max(helpful, key=lambda row: row.efficiency.low if row.efficiency else 0.0, default=rows[0])


def _advice(best: TechniqueRow) -> str:
    if best.verdict == "exact":
        return f"Use {best.technique}: no variance is left, so that arithmetic alone gives the answer."
    if best.efficiency is None:
        return "Use crude Monte Carlo: no technique is surely better here."
    ratio = float(f"{best.efficiency.ratio:.3g}")
    times = f"{ratio:,.0f}" if ratio >= 100.0 else f"{ratio:g}"
    return f"Use {best.technique}: crude Monte Carlo would run {times} times as long for the same error."
