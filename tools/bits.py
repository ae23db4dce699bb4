"""Compares results between processors, bit by bit: ``python -m tools.bits``, or with ``--aarch64`` under an emulator.

`tests.golden.played` plays the same cases in code compiled for this processor, and for each named one that this
processor can run, every time from an empty cache. What is simulated must have the same bits, and those of
`tests/golden/hashes.json`. So that the comparison proves something, the machine code is read as well: it must have the
instructions of the named processor and no wider ones, every kernel must have been compiled, and nowhere may it multiply
and add with one rounding. Figures that documents make of the counts with NumPy need only be close.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from simcore.base.machine import processors
from tools.machine_code import SETS, Code, architecture_of
from tools.packages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CLOSE = 1e-9
"""Figures of documents may differ by this share of the larger one, or by `NEXT_TO_NOTHING`."""
NEXT_TO_NOTHING = 1e-9
_MOST_SHOWN = 5


class Target(NamedTuple):
    """A processor that code is compiled for.

    Attributes
    ----------
    name
        As LLVM knows it; ``""`` is that of this machine.
    widest
        The instruction set of `SETS` that its code must reach and not exceed; ``""``: whatever it is.
    needs
        What a processor must have to run it, as LLVM names features.
    level
        Of NumPy's own code: instructions of a higher level of x86-64 are switched off.
    """

    name: str
    widest: str = ""
    needs: frozenset[str] = frozenset()
    level: int = 4

    @property
    def title(self) -> str:
        """What it is called on the screen."""
        return self.name or "this processor"


_V2 = frozenset({"cx16", "popcnt", "sahf", "sse3", "ssse3", "sse4.1", "sse4.2"})
_V3 = _V2 | {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"}
_V4 = _V3 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
NATIVE = Target("")
X86 = (
    Target("x86-64", "SSE", level=1),
    Target("x86-64-v2", "SSE", _V2, level=2),
    Target("x86-64-v3", "AVX", _V3, level=3),
    Target("x86-64-v4", "AVX-512", _V4),
)
AARCH64 = (Target("generic", "NEON"), Target("neoverse-v1", "SVE", frozenset({"sve"})))
TARGETS = {"x86": X86, "aarch64": AARCH64}


class Played(NamedTuple):
    """What `tests.golden.played` found on one processor.

    Attributes
    ----------
    processor
        LLVM's triple, the processor's name and its features: what code was compiled for.
    cases
        The SHA-256 of what is simulated, by case.
    figures
        Figures and words of documents, by place.
    codes
        The machine code of every kernel that Python calls.
    idle
        Compiled functions that no case needed.
    """

    processor: tuple[str, ...]
    cases: dict[str, str]
    figures: dict[str, object]
    codes: dict[str, Code]
    idle: list[str]

    def as_json(self) -> str:
        """Return all of it as a line of text."""
        return json.dumps(self._asdict())

    @classmethod
    def from_json(cls, text: str) -> Played:
        """Return what `as_json` wrote."""
        found = json.loads(text)
        codes = {name: Code(digest, widest, tuple(fused)) for name, (digest, widest, fused) in found["codes"].items()}
        return cls(tuple(found["processor"]), found["cases"], found["figures"], codes, found["idle"])

    def widest(self) -> str:
        """Return the widest instruction set in any kernel."""
        return max((code.widest for code in self.codes.values()), key=SETS.index, default=SETS[0])


class Job(NamedTuple):
    """A processor, the command that runs Python for it, and words after that of `tests.golden.played`."""

    target: Target
    python: Sequence[str]
    words: Sequence[str]


def differences(native: Played, other: Played) -> list[str]:
    """Return what two processors disagree about, a line for each; none if all is well."""
    said = [f"{name}: played on one processor only" for name in sorted(native.cases.keys() ^ other.cases.keys())]
    common = [name for name in native.cases if name in other.cases]
    said += [f"{name}: other bits" for name in common if native.cases[name] != other.cases[name]]
    said += [f"{place}: on one processor only" for place in sorted(native.figures.keys() ^ other.figures.keys())]
    places = [place for place in native.figures if place in other.figures]
    for place in places:
        one, two = native.figures[place], other.figures[place]
        if not _close(one, two):
            said.append(f"{place}: {one} and {two}")
    return said


def _close(one: object, two: object) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=CLOSE, abs_tol=NEXT_TO_NOTHING) or (math.isnan(one) and math.isnan(two))
    return one == two


def farthest(native: Played, other: Played) -> float:
    """Return the largest share by which a figure of documents differs between two processors."""
    shares = [0.0]
    for place, one in native.figures.items():
        two = other.figures.get(place)
        if isinstance(one, float) and isinstance(two, float) and abs(one - two) > 0.0:
            shares.append(abs(one - two) / max(abs(one), abs(two)))
    return max(shares)


def against_golden(played: Played, golden: dict[str, str]) -> list[str]:
    """Return the cases whose hashes are not those that were written down, of those that were played."""
    return [
        f"golden: {name}: not the hash in tests/golden/hashes.json"
        for name, written in golden.items()
        if played.cases.get(f"golden: {name}", written) != written
    ]


def flaws(played: Played, target: Target) -> list[str]:
    """Return why the machine code of a processor is not what it must be; none if all is well."""
    said = [f"{name} has {', '.join(code.fused)}" for name, code in played.codes.items() if code.fused]
    said += [f"no case needs {name}" for name in played.idle]
    if not played.codes:
        return [*said, "no kernel was compiled"]
    if target.name and played.processor[1:] != (target.name, ""):
        said.append(f"it was compiled for {', '.join(played.processor[1:])}")
    if target.widest and played.widest() != target.widest:
        over = [name for name, code in played.codes.items() if SETS.index(code.widest) > SETS.index(target.widest)]
        said.append(f"its widest instructions are {played.widest()}, not {target.widest} {', '.join(over)}".rstrip())
    return said


def same_code(one: Played, two: Played) -> str | None:
    """Return what is wrong if all kernels of two processors have the same machine code: nothing was compared."""
    if {name: code.digest for name, code in one.codes.items()} != {n: c.digest for n, c in two.codes.items()}:
        return None
    return "all machine code is that of the processor before it"


def environment(target: Target, cache: Path, found: Iterable[str]) -> dict[str, str]:
    """Return the environment in which code is compiled for a processor and kept in a folder of its own.

    ``found`` are the instructions that NumPy would use beyond those that it always uses.
    """
    given = {name: text for name, text in os.environ.items() if not name.startswith(("NUMBA_", "NPY_"))}
    given |= {"NUMBA_CACHE_DIR": str(cache)}
    if target.name:
        # Without a word on features, Numba would add all those of the machine to the processor that is named.
        given |= {"NUMBA_CPU_NAME": target.name, "NUMBA_CPU_FEATURES": ""}
    beyond = [name for name in found if _level(name) > target.level]
    return given | ({"NPY_DISABLE_CPU_FEATURES": ",".join(beyond)} if beyond else {})


def _level(name: str) -> int:
    """Return the level of x86-64 that has some instructions, as NumPy names them."""
    if "AVX512" in name or name == "X86_V4":
        return 4
    return 3 if name in {"AVX", "AVX2", "F16C", "FMA3", "X86_V3"} else 2


def play(target: Target, python: Sequence[str], found: Iterable[str], words: Sequence[str] = ()) -> Played:
    """Play cases by a command that runs Python, in code compiled for a processor; words choose cases (default: all)."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*python, "-m", "tests.golden.played", *words]
        done = subprocess.run(  # noqa: S603
            command,
            env=environment(target, Path(folder), found),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Played.from_json(done.stdout)


def written() -> dict[str, str]:
    """Return the digests of `tests.golden.played` that follow from the golden hashes."""
    from tests.golden.rewrite import PATH, digest  # noqa: PLC0415

    return {name: digest(hashes) for name, hashes in json.loads(PATH.read_text()).items()}


def here() -> tuple[str, set[str], list[str]]:
    """Return this machine's architecture, LLVM's features of its processor, and what NumPy found beyond its least."""
    import llvmlite.binding as llvm  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    features = {name for name, has in llvm.get_host_cpu_features().items() if has}
    extensions: dict[str, dict[str, list[str]]] = np.show_config(mode="dicts")  # type: ignore[assignment]
    return architecture_of(llvm.get_process_triple()), features, extensions["SIMD Extensions"].get("found", [])


class Comparison:
    """Tells what was found, processor after processor, and remembers whether anything was wrong."""

    def __init__(self, golden: dict[str, str]) -> None:
        self._golden = golden
        self._before: list[Played] = []
        self.failed = False

    def add(self, target: Target, played: Played, seconds: float) -> None:
        """Compare what one processor played with the first."""
        said = [*against_golden(played, self._golden), *flaws(played, target)]
        first = self._before[0] if self._before else played
        if self._before:
            said += differences(first, played)
            same = same_code(self._before[-1], played)
            said += [] if same is None else [same]
        self._before.append(played)
        sets = Counter(code.widest for code in played.codes.values())
        counts = ", ".join(f"{sets[name]} {name}" for name in SETS[1:] if sets[name])
        print(f"{target.title} ({played.processor[1]}), {seconds:,.0f} s")
        print(f"  {len(played.cases)} cases, {len(played.codes)} kernels: {counts}")
        print(f"  {len(played.figures):,} figures of documents, up to {farthest(first, played):.0e} off")
        for line in said[:_MOST_SHOWN]:
            print(f"  WRONG {line}")
        if len(said) > _MOST_SHOWN:
            print(f"  and {len(said) - _MOST_SHOWN} more")
        self.failed |= bool(said)


def main(arguments: list[str]) -> int:
    """Compare, and return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--aarch64", type=Path, metavar="FOLDER", help="emulate aarch64; what it needs is kept there")
    options = parser.parse_args(arguments)
    architecture, features, found = here()
    comparison = Comparison(written())
    own = [sys.executable]
    if options.aarch64 is None:
        chosen = [target for target in TARGETS[architecture] if target.needs <= features]
        for target in TARGETS[architecture]:
            if target not in chosen:
                print(f"{target.title}: left out, this processor has no {', '.join(sorted(target.needs - features))}")
        jobs = [Job(target, own, ()) for target in (NATIVE, *chosen)]
    else:
        from tools.aarch64 import MissingError, emulated_python  # noqa: PLC0415

        try:
            python = emulated_python(options.aarch64)
        except MissingError as error:
            parser.error(str(error))
        jobs = [Job(NATIVE, own, ()), *(Job(target, python, ("--tell",)) for target in AARCH64)]
    with ThreadPoolExecutor(processors()) as pool:
        for job, (played, seconds) in zip(jobs, pool.map(partial(_timed, found), jobs), strict=True):
            comparison.add(job.target, played, seconds)
    print("differences, or nothing was proved" if comparison.failed else "the same bits")
    return int(comparison.failed)


def _timed(found: list[str], job: Job) -> tuple[Played, float]:
    start = time.monotonic()
    return play(job.target, job.python, found, job.words), time.monotonic() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
