"""Scenarios of simcore, written once more by other means, to be measured beside it. None of them imports simcore.

The canonical scenario in NumPy, SimPy, plain Python and C, each of which returns the same `canonical.Statistics`; the
canonical scenario under a drive, in NumPy; and in NumPy `real-team` and the plan of `quota-pressure`, which return
`accounts.ScenarioStatistics`.
"""
