"""The tests that `make quick` leaves out, by folder or file; such files are not even read.

List a file that takes more than two processor seconds here, or mark its slow tests: ``@pytest.mark.slow``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tools.packages import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SLOW = (
    "tests/agreement",
    "tests/api/test_public.py",
    "tests/api/test_public_limits.py",
    "tests/charts/test_documents.py",
    "tests/charts/test_run.py",
    "tests/cli/test_bench.py",
    "tests/cli/test_coach.py",
    "tests/cli/test_command_lines.py",
    "tests/cli/test_compare.py",
    "tests/cli/test_data_check.py",
    "tests/cli/test_init_from.py",
    "tests/cli/test_interrupt.py",
    "tests/cli/test_luck.py",
    "tests/cli/test_plan.py",
    "tests/cli/test_precision.py",
    "tests/cli/test_render.py",
    "tests/cli/test_report_option.py",
    "tests/cli/test_serve.py",
    "tests/cli/test_streams.py",
    "tests/cli/test_sweep.py",
    "tests/cli/test_tables.py",
    "tests/cli/test_terminal.py",
    "tests/cli/test_terminal_compare.py",
    "tests/compiled",
    "tests/crm",
    "tests/docs/test_doctests.py",
    "tests/docs/test_site.py",
    "tests/engine/test_playable.py",
    "tests/engine/test_sequential_stopping.py",
    "tests/faults",
    "tests/golden",
    "tests/pages/test_altair_charts.py",
    "tests/pages/test_browser.py",
    "tests/pages/test_notebook.py",
    "tests/pages/test_page.py",
    "tests/random/test_streams.py",
    "tests/results_folders/test_exchange.py",
    "tests/results_folders/test_hostile_folders.py",
    "tests/results_folders/test_kills.py",
    "tests/results_folders/test_results_folder.py",
    "tests/results_folders/test_verification.py",
    "tests/scenario_files/test_typed.py",
    "tests/serving/test_answers.py",
    "tests/serving/test_application.py",
    "tests/serving/test_browser.py",
    "tests/serving/test_server.py",
    "tests/serving/test_settings.py",
    "tests/statistics/test_coverage.py",
    "tests/statistics/test_coverage_few.py",
    "tests/statistics/test_coverage_paired.py",
    "tests/statistics/test_sequential_interval.py",
    "tests/statistics/test_sign_change.py",
    "tests/studies/coach",
    "tests/studies/compare",
    "tests/studies/luck/test_luck.py",
    "tests/studies/luck/test_regression_to_mean.py",
    "tests/studies/luck/test_reliability.py",
    "tests/studies/luck/test_streaks.py",
    "tests/studies/plan/test_plan.py",
    "tests/studies/plan/test_plan_feedback.py",
    "tests/studies/steadiness",
    "tests/studies/sweep",
    "tests/studies/test_document_coverage.py",
    "tests/studies/test_headers.py",
    "tests/studies/test_sentences.py",
    "tests/studies/test_sentences_more.py",
    "tests/studies/test_sentences_plan.py",
    "tests/support/test_statistical.py",
    "tests/test_fit_telemarketing.py",
    "tests/test_packaging.py",
    "tests/test_scenarios.py",
    "tests/twin",
    "tests/variance_reduction/test_benchmark.py",
    "tests/variance_reduction/test_estimators.py",
    "tests/variance_reduction/test_run_to_precision.py",
    "tests/variance_reduction/test_technique_coverage.py",
    "tests/variance_reduction/test_techniques.py",
)
"""In alphabetical order."""


@cache
def is_slow(path: Path) -> bool:
    """Return whether a test file is left out."""
    return any(path.is_relative_to(ROOT / name) for name in SLOW)
