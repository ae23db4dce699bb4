"""The floor plan: every module of simcore, from the ground up.

A module imports only from what stands before it in this list: a lower floor, or earlier on its own floor. So there
is no circle. `tests/test_architecture.py` holds the sources to it, and docs/architecture.md shows it.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {"simcore": ROOT / "simcore", "simcore.cli": ROOT / "cli", "simcore.scenarios": ROOT / "scenarios"}
"""Where the modules of a package lie in the repository."""


class Floor(NamedTuple):
    """Modules of one kind, each after what it imports."""

    name: str
    what: str
    modules: tuple[str, ...]


def _floor(name: str, what: str, modules: str) -> Floor:
    return Floor(name, what, tuple(f"simcore.{module}" for module in modules.split()))


FLOORS = (
    _floor(
        "Ground",
        "what everything stands on",
        "base base.version base.errors base.text base.shown base.spelling base.money base.periods base.machine "
        "compiled compiled.folder compiled.store compiled.sources compiled.jit",
    ),
    _floor(
        "Chance",
        "from a seed to a decision",
        "numerics numerics.elementary numerics.normal numerics.gamma_beta numerics.quantile_table random "
        "random.philox random.addresses random.streams random.draws",
    ),
    _floor(
        "Scenario",
        "what is to be simulated, validated and frozen",
        "scenario scenario.precision_goal scenario.fields scenario.time scenario.habits scenario.parts "
        "scenario.strategy scenario.referral_chains scenario.checks scenario.currency scenario.misplaced "
        "scenario.model scenario.digest analytic analytic.capped_rates analytic.expectations "
        "analytic.waiting_times analytic.item_values analytic.run_cost",
    ),
    _floor(
        "Program",
        "a scenario as flat arrays, and what is counted",
        "program program.layout program.compile_coaching program.compile_reaction program.compiler program.tally",
    ),
    _floor(
        "Kernels",
        "the simulation itself: compiled, without allocation",
        "kernels kernels.workspace kernels.windows kernels.world kernels.calls kernels.funnel kernels.caps "
        "kernels.steady kernels.reactive kernels.reactive.limits kernels.reactive.lookahead "
        "kernels.reactive.state kernels.reactive.coaching kernels.reactive.candidates kernels.reactive.drives "
        "kernels.reactive.pipeline kernels.reactive.hours kernels.reactive.calling kernels.reactive.seats "
        "kernels.reactive.pull_forward kernels.reactive.by_hour kernels.reactive.lookahead_seats "
        "kernels.reactive.by_interval",
    ),
    _floor(
        "Answers",
        "from counters to figures with errors",
        "base.frames base.document statistics statistics.estimate statistics.windows results results.summary "
        "statistics.intervals statistics.replicates statistics.jackknife statistics.certain statistics.metrics "
        "statistics.sequential_interval statistics.running_estimates results.averaging results.sentences "
        "results.summarise results.rep_weeks results.result statistics.paired_difference "
        "statistics.simultaneous_bands statistics.sign_change studies studies.sweep studies.sweep.document "
        "studies.plan studies.plan.document studies.compare studies.compare.document studies.coach "
        "studies.coach.rules_document studies.coach.rules_sentences variance_reduction "
        "variance_reduction.document studies.steadiness studies.steadiness.document studies.luck "
        "studies.luck.document studies.coach.leverage_document studies.coach.item_values_document "
        "studies.coach.document statistics.group_jackknife studies.luck.ranks studies.luck.longest_runs "
        "studies.luck.credibility engine engine.latent_rates studies.luck.sample variance_reduction.estimators "
        "variance_reduction.control_variates variance_reduction.efficiency variance_reduction.sobol "
        "variance_reduction.principal_factors variance_reduction.stratified_counts variance_reduction.conditional "
        "variance_reduction.point_sets",
    ),
    _floor(
        "Engine",
        "plan, run blocks, merge, summarise",
        "engine.runner engine.affordable variance_reduction.techniques engine.sequential_stopping "
        "engine.explosion engine.simulation engine.paired",
    ),
    _floor(
        "Questions",
        "one module a question: who is ahead, and why",
        "studies.compare.sentences studies.compare.figures studies.compare.study studies.compare.table "
        "studies.compare.attribution variance_reduction.benchmark variance_reduction.run_to_precision "
        "studies.steadiness.figures studies.steadiness.study studies.coach.rules engine.many_scenarios "
        "studies.coach.levers studies.coach.leverage studies.coach.hours studies.coach.item_values "
        "studies.coach.sentences studies.luck.reliability studies.luck.streaks studies.luck.regression_to_mean "
        "studies.luck.dismissal studies.luck.study",
    ),
    _floor(
        "Files",
        "all that touches a disk, or knows a file format",
        "scenario_files scenario_files.yaml_problems scenario_files.yaml_tree scenario_files.yaml_writer "
        "scenario_files.overrides scenario_files.paths scenario_files.scenario_file scenarios results_folders "
        "results_folders.atomic results_folders.manifest results_folders.exchange results_folders.parts "
        "results_folders.sealed_document results_folders.inventory results_folders.verification_document "
        "results_folders.verification results_folders.results_folder schema",
    ),
    _floor(
        "Searches",
        "what is asked of many changed scenarios in the same worlds",
        "scenario_files.vary studies.sweep.study studies.sweep.breakeven studies.coach.study "
        "studies.plan.quantile_search studies.plan.request studies.plan.rest_of_period studies.plan.variants "
        "studies.plan.left_out studies.plan.simulation studies.plan.unknowns studies.plan.frontier "
        "studies.plan.obstacles studies.plan.sentences studies.plan.report studies.plan.study allowed asking",
    ),
    _floor(
        "Command line",
        "one thin module a command",
        "cli cli.numbers cli.plain cli.streams cli.blame cli.layout cli.options cli.output cli.interrupt "
        "cli.progress cli.startup cli.folder cli.load cli.precision cli.render cli.render_precision "
        "cli.render_check cli.render_compare cli.compare cli.render_sweep cli.template cli.run cli.check "
        "cli.scenarios cli.init cli.schema cli.sweep cli.breakeven cli.render_plan cli.plan cli.render_streaks "
        "cli.render_luck cli.luck cli.render_variance cli.variance cli.render_steadiness cli.steadiness cli.bench "
        "cli.render_rules cli.render_coach cli.coach cli.verify cli.main",
    ),
)


def modules() -> dict[str, Path]:
    """Return the file of every module in the source tree by its installed name; without the package root."""
    found: dict[str, Path] = {}
    for package, folder in SOURCES.items():
        for path in folder.rglob("*.py"):
            parts = [part for part in path.relative_to(folder).with_suffix("").parts if part != "__init__"]
            found[".".join([package, *parts])] = path
    del found["simcore"]
    return found


def purpose(path: Path) -> str:
    """Return the first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if text is None:
        message = f"{path} has no docstring"
        raise ValueError(message)
    return text.splitlines()[0]
