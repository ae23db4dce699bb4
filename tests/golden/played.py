"""Plays what must have the same bits on every processor, and prints its hashes: ``python -m tests.golden.played``.

Everything runs in this one process, compiled for the processor that Numba's settings name (``NUMBA_CPU_NAME``,
``NUMBA_CPU_FEATURES``), so that an emulator can run it; `tools.bits` compares. Names of cases after the command play
those alone; ``--tell`` tells of each on the way.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from simcore.base.document import Document
from simcore.compiled.jit import Compiled
from simcore.engine.runner import Block, ExplosionError, Runner
from simcore.numerics.elementary import exp, expm1, log, log1p
from simcore.numerics.gamma_beta import beta_i, gamma_p, gamma_q, log_gamma
from simcore.numerics.normal import normal_cdf, normal_quantile
from simcore.program.tally import SECTIONS, record
from simcore.random.philox import Key, block, split_seed
from simcore.studies.study import STUDIES
from simcore.variance_reduction.techniques import CRUDE, TECHNIQUES, Case, draw, refusal
from tests.golden.rewrite import NAMES, SEED, digest, hashes_of
from tests.support import study_cases
from tests.support.both_engines import coaching_of_engine, compiled, counts_of_engine, play
from tests.support.coaching_cases import COACHING
from tests.support.hopeless_cases import HOPELESS
from tests.support.reactive_cases import MONTHLY, REACTIVE, drive, playing
from tests.support.scenario_cases import CASES, funnel
from tests.support.seam_cases import KINDS, all_at_once
from tests.support.technique_cases import ESTIMANDS, case_of
from tools.bits import Played
from tools.machine_code import Watch

if TYPE_CHECKING:
    from simcore.kernels.detail import Detail
    from simcore.program.layout import Program

FEW = 3
"""Replications of what the golden hashes do not have."""
KEY: Key = split_seed(SEED)
LEAST_BATCH = 16

RARE = {
    "pulls out of a capped stage": playing(
        "day",
        {"close": drive({"behind": 0.9}, {"pull_forward": {"slope": 0.9, "window": "1w", "reach": "3w"}})},
        quota=MONTHLY | {"amount": 40_000},
        horizon={"weeks": 9},
        plan={"calls_per_week": 120},
        funnel=funnel({}, {"cap": {"open": 4}, "lag": "2d"}, {"lag": {"median": "10d", "p90": "20d"}}),
    ),
}
"""What no other case does."""
EXPLODING = playing(
    "day",
    {"frenzy": drive({"behind": 9.0}, {"activity": {"slope": 90.0}}, memory=0.99, level=(0, 1000))},
    quota=MONTHLY,
)


def scenario_cases() -> dict[str, Callable[[], str]]:
    """Return what is played without a technique: a name, and what returns the SHA-256 of what comes out."""
    scenarios = {
        **{f"steady: {name}": case for name, case in CASES.items() if name not in NAMES},
        **{f"coaching: {name}": case for name, case in COACHING.items()},
        **{f"hopeless: {name}": case for name, case in HOPELESS.items()},
        **{f"rare: {name}": case for name, case in RARE.items()},
    }
    bare = {f"without details: {name}": (CASES | REACTIVE)[name] for name in NAMES}
    bare |= {f"without details: {name}": case for name, case in scenarios.items()}
    return {
        **{f"golden: {name}": partial(golden, name) for name in NAMES},
        **{name: partial(counts_of, scenario) for name, scenario in scenarios.items()},
        **{name: partial(tally_of, scenario) for name, scenario in bare.items()},
        "rare: a strategy that explodes": explosion,
        **{f"seam: {kind}": partial(seam, kind) for kind in KINDS},
        "functions: of numbers": functions,
    }


def technique_cases() -> dict[str, Callable[[], str]]:
    """Return the same of every technique; their programs are compiled already, to know which technique serves which."""
    return {
        f"technique: {technique.name}, {' '.join(filter(None, case))}": partial(details_of, case, number)
        for case in ESTIMANDS
        if case[1] in {"revenue", "p_zero:4w"}
        for number, technique in enumerate((CRUDE, *TECHNIQUES))
        if refusal(technique, case_of(*case)) is None
    }


def golden(name: str) -> str:
    """Return the digest of both hashes that `tests/golden/hashes.json` has of a case."""
    return digest(hashes_of(name))


def counts_of(scenario: dict[str, Any]) -> str:
    """Return the digest of all counts and rep-weeks of a few replications."""
    played = play(compiled(scenario), SEED, count=FEW)
    counts = counts_of_engine(played)
    return digest(counts | coaching_of_engine(played.detail) if played.program.coaching.active else counts)


def tally_of(scenario: dict[str, Any]) -> str:
    """Return the digest of all counters where nobody asks for details, which leaves out what comes to nothing."""
    runner = Runner(compiled(scenario), KEY)
    space = runner.workspace()
    runner.simulate(space, Block(0, FEW))
    arrays = runner.tally([space.tally]).arrays
    counted = [array for name, array in arrays._asdict().items() if name != "needs" or runner.program.needs.step]
    return digest([hashlib.sha256(array.tobytes()).hexdigest() for array in counted])


def explosion() -> str:
    """Return the digest of where and how a strategy explodes."""
    try:
        play(compiled(EXPLODING), SEED, count=FEW)
    except ExplosionError as error:
        return digest([float(part).hex() for part in error.args])
    raise AssertionError("the strategy did not explode")


def seam(kind: str) -> str:
    """Return the digest of what moved, mirrored, given and tilted draws come to."""
    return digest(_listed(play(all_at_once(KINDS[kind], FEW), SEED, count=FEW).detail))


class _Recorder(Runner):
    """A runner that keeps all that it simulates."""

    def __init__(self, program: Program, key: Key) -> None:
        self.seen: list[Any] = []
        super().__init__(program, key)

    def simulate(self, *args: Any, **options: Any) -> Detail:  # noqa: ANN401 - as they are
        detail = super().simulate(*args, **options)
        self.seen.append(_listed(detail))
        return detail


def _listed(detail: Detail) -> list[Any]:
    return [*(part.tolist() for part in detail)]


def details_of(names: tuple[str, str, str], number: int) -> str:
    """Return the digest of the worlds of a batch by a technique, of those in `TECHNIQUES` or crude."""
    given = case_of(*names)
    case = Case(given.metric, given.level, given.programs, given.chances, KEY)
    recorders = [_Recorder(program, KEY) for program in case.programs]
    case.runners = [*recorders]
    draw(case, (CRUDE, *TECHNIQUES)[number], number, 0, LEAST_BATCH, timed=False)
    return digest([recorder.seen for recorder in recorders])


def functions() -> str:
    """Return the digest of what the functions that simcore has of its own return on grids, to the last bit."""
    line = [k / 16.0 for k in range(-320, 321)]
    positive = [part * 2.0**power for power in range(-30, 31, 3) for part in (1.0, 1.3, 1.9)]
    few = [0.07, 0.9, 3.0, 41.5, 900.0]
    rows: list[list[float]] = [
        *([function(x) for x in line] for function in (exp, expm1, normal_cdf)),
        *([function(x) for x in positive] for function in (log, log1p, log_gamma)),
        [normal_quantile((k + 0.5) / 1000.0) for k in range(1000)],
        *([function(a, x) for a in few for x in few] for function in (gamma_p, gamma_q)),
        [beta_i(a, b, (k + 0.5) / 9.0) for a in few for b in few for k in range(9)],
    ]
    moments, bins = np.zeros((1, 1, 1, 5), np.int64), np.zeros((SECTIONS, 1, 1, 4000), np.int64)
    for units in (1, 77, 1 << 31, (1 << 40) + 1):
        record(moments, bins, 0, 0, 0, units)
    one = np.uint32(1)
    words = [int(word) for word in block(one, one, one, one, KEY)]
    hexadecimal = [[float(x).hex() for x in row] for row in rows]
    return digest([hexadecimal, words, moments.tolist(), np.flatnonzero(bins).tolist()])


def figures(name: str) -> dict[str, object]:
    """Return the figures of the answer to a small question by place, without what the machine's speed decides."""
    answer = study_cases.request(name).run(threads=1)
    return dict(placed(getattr(answer, "summary", answer), name))


def placed(value: object, place: str) -> Iterator[tuple[str, object]]:
    """Yield the leaves of a document and their places."""
    parts: Iterable[tuple[object, object]]
    if isinstance(value, Document):
        parts = [(name, getattr(value, name)) for name in type(value).model_fields if name not in value.timings]
    elif isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, list | tuple):
        parts = enumerate(value)
    else:
        yield place, value if isinstance(value, float | int | str | None) else repr(value)
        return
    for name, part in parts:
        yield from placed(part, f"{place}.{name}")


def kernels() -> dict[str, Compiled]:
    """Return every compiled function of the modules that are loaded, by name."""
    loaded = [vars(module).values() for name, module in list(sys.modules.items()) if name.startswith("simcore.")]
    return {one.identity.name: one for values in loaded for one in list(values) if type(one) is Compiled}


def main(arguments: list[str]) -> None:
    """Play the cases of these names, by default all and the figures of documents, and print what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*", help="of cases")
    parser.add_argument("--tell", action="store_true", help="tell of each case on the way")
    options = parser.parse_args(arguments)
    watch, every = Watch(), scenario_cases()
    if not options.names or any(name not in every for name in options.names):
        every |= technique_cases()
    hashes: dict[str, str] = {}
    for name in options.names or every:
        hashes[name] = every[name]()
        if options.tell:
            print(f"{hashes[name][:16]} {name}", file=sys.stderr, flush=True)
    found = {} if options.names else {place: figure for name in STUDIES for place, figure in figures(name).items()}
    idle = [name for name, one in kernels().items() if not one.parts]
    print(Played(watch.processor, hashes, found, watch.codes, sorted(idle)).as_json())


if __name__ == "__main__":
    main(sys.argv[1:])
