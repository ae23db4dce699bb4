"""Kernels of plain arguments are called without Numba, with the same results; all others are left to it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from simcore.compiled import direct, direct_entries, jit, numba_compiler, policy
from simcore.compiled.direct import NUMBERS, kind_of, kinds_of
from tools.packages import ROOT

Array = np.ndarray[Any, Any]


def kernel(function: Callable[..., Any]) -> jit.Compiled:
    """Return a function as a kernel whose code is kept nowhere."""
    return jit.Compiled(function, "kernel")


def served(made: jit.Compiled, *arguments: object) -> Any:  # noqa: ANN401
    """Call a kernel, and make sure that it is not Numba that calls it."""
    result = made(*arguments)
    assert made._entries[kinds_of(arguments) or ()] is not None
    assert False not in made.parts, "the dispatcher that Python calls was made"
    return result


def left_to_numba(made: jit.Compiled, *arguments: object) -> Any:  # noqa: ANN401
    """Call a kernel, and make sure that it is Numba that calls it."""
    result = made(*arguments)
    assert False in made.parts
    return result


def twice(x: Any) -> Any:  # noqa: ANN401
    return x + x


def same(x: Any) -> Any:  # noqa: ANN401
    return x


def scaled_1(out: Array, a: Array, factor: float) -> int:
    count = 0
    for i in range(a.shape[0]):
        out[i] = a[i] * factor
        count += 1
    return count


scaled_row = kernel(scaled_1)


def scaled_2(out: Array, a: Array, factor: float) -> int:
    count = 0
    for i in range(a.shape[0]):
        count += scaled_row(out[i], a[i], factor)
    return count


def scaled_3(out: Array, a: Array, factor: float) -> int:
    count = 0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            for k in range(a.shape[2]):
                out[i, j, k] = a[i, j, k] * factor
                count += 1
    return count


def mixed(n: int, word: np.uint32, wide: np.uint64, share: float, on: bool, a: Array, sums: Array) -> float:
    """Use every kind of number, with words that wrap around."""
    for r in range(n):
        word = np.uint32(word * np.uint32(747796405) + np.uint32(2891336453))
        wide ^= np.uint64(word) << np.uint64(r & 31)
        if on and (word & np.uint32(1)):
            a[r] = np.float64(word) * share
        sums[0] ^= wide
    return float(a.sum() / n)


SCALED = (scaled_1, scaled_2, scaled_3)


@pytest.mark.parametrize("code", NUMBERS)
def test_a_number_of_every_kind_arrives_and_returns(code: str) -> None:
    made = kernel(same)
    kind = np.dtype(code).type
    extremes: list[Any] = [0, 1] if code == "b1" else [0.1, -1e30] if code[0] == "f" else [*_ends(code), 3]
    for value in map(kind, extremes):
        called = left_to_numba if code == "f4" else served
        found = called(made, value)
        assert found == value
        assert type(found) is type(value.item())
    assert code == "f4" or kinds_of((kind(1),)) == (code,)


def _ends(code: str) -> list[int]:
    return [int(np.iinfo(code).min), int(np.iinfo(code).max)]


@pytest.mark.parametrize(
    ("argument", "expected"),
    [(3, 6), (-(2**62), -(2**63)), (-1, -2), (0.1, 0.2), (-0.0, -0.0), (True, 2), (float("inf"), float("inf"))],
)
def test_numbers_of_python(argument: Any, expected: Any) -> None:  # noqa: ANN401
    found = served(kernel(twice), argument)
    assert repr(found) == repr(expected)


def test_nan_and_nothing_are_results() -> None:
    assert np.isnan(served(kernel(twice), float("nan")))
    made = kernel(lambda _: None)
    references = sys.getrefcount(None)
    for _ in range(1000):
        assert served(made, np.zeros(3)) is None
    assert abs(sys.getrefcount(None) - references) < 500


@pytest.mark.parametrize("code", NUMBERS)
@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_arrays_of_every_kind_arrive_with_their_shapes(code: str, ndim: int) -> None:
    a = (np.random.default_rng(ndim).random((5, 3, 2)[:ndim]) * 100).astype(code)
    out = np.zeros_like(a)
    assert served(kernel(SCALED[ndim - 1]), out, a, 0.37) == a.size
    assert out.tobytes() == (a.astype(float) * 0.37).astype(code).tobytes()
    assert out.any()


def test_results_have_the_same_bits_as_by_numba() -> None:
    made, results = kernel(mixed), []
    calls: tuple[Callable[..., Any], ...] = (made, made._dispatcher())
    for call in calls:
        a, sums = np.zeros(1000), np.zeros(1, np.uint64)
        found = call(1000, np.uint32(2**32 - 1), np.uint64(2**64 - 1), 0.1, True, a, sums)
        results.append((found.hex(), a.tobytes(), sums.tobytes()))
    assert None not in made._entries.values()
    assert results[0] == results[1]


def total(a: Array) -> float:
    value = 0.0
    for i in range(a.shape[0]):
        value += a[i]
    return value


OTHERS = {
    "strided": np.arange(6.0)[::2],
    "backwards": np.arange(6.0)[::-1],
    "big-endian": np.arange(3.0).astype(">f8"),
    "misaligned": np.zeros(25, np.uint8)[1:].view(np.float64),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_arrays_are_never_taken_for_plain_ones(name: str) -> None:
    made, array = kernel(total), OTHERS[name]
    assert served(made, np.arange(4.0)) == 6.0
    assert kind_of(array) is None
    assert made._entry(array) is NotImplemented
    if name == "big-endian":
        with pytest.raises(numba.core.errors.NumbaError):
            made(array)
    else:
        assert left_to_numba(made, array) == array.sum()
    assert made._entry(np.arange(4.0)) == 6.0


@pytest.mark.parametrize(
    "others",
    [
        (np.zeros(3, np.float32),),
        (np.zeros((3, 1)),),
        (np.zeros(()),),
        ([0.0],),
        (None,),
        (0.0,),
        (np.zeros(3).view(np.recarray),),
        (),
        (np.zeros(3), np.zeros(3)),
    ],
)
def test_an_entry_refuses_what_it_was_not_compiled_for(others: tuple[Any, ...]) -> None:
    made = kernel(total)
    served(made, np.arange(4.0))
    assert made._entry(*others) is NotImplemented


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 1.0, True, np.int32(1), np.uint64(1), "1", None])
def test_an_entry_for_integers_takes_no_other_number(number: object) -> None:
    made = kernel(same)
    assert served(made, 5) == 5
    assert made._entry(np.int64(-7)) == -7
    assert made._entry(number) is NotImplemented
    assert made._entry(2**63 - 1) == 2**63 - 1


def test_kinds_of_arguments_have_entries_of_their_own() -> None:
    made = kernel(twice)
    for _ in range(2):
        assert [made(1), made(1.5), made(np.uint32(2**31)), made(2)] == [2, 3.0, 2**32, 4]
    assert sorted(made._entries) == [("f8",), ("i8",), ("u4",)]


def test_arguments_by_name_and_left_out_are_put_in_order() -> None:
    def line(x: float, slope: float, start: float = 0.5) -> float:
        return slope * x + start

    made = kernel(line)
    assert served(made, 2.0, 3.0, 1.0) == 7.0
    assert [made(2.0, 3.0), made(slope=3.0, x=2.0), made(2.0, start=1.0, slope=3.0)] == [6.5, 6.5, 7.0]
    assert list(made._entries) == [("f8", "f8", "f8")]
    for arguments, named in (((2.0,), {}), ((1.0,) * 4, {}), ((2.0, 3.0), {"x": 1.0}), ((2.0, 3.0), {"z": 1.0})):
        with pytest.raises(TypeError):
            made(*arguments, **named)


def test_read_only_arrays_are_read_and_never_written() -> None:
    frozen = np.arange(4.0)
    frozen.setflags(write=False)
    made = kernel(total)
    assert served(made, frozen) == 6.0
    assert made._entry(np.arange(4.0)) == 6.0
    writes = kernel(scaled_1)
    assert served(writes, np.zeros(4), np.arange(4.0), 2.0) == 4
    assert writes._entry(frozen, np.arange(4.0), 2.0) is NotImplemented
    with pytest.raises(numba.core.errors.TypingError):
        writes(frozen, np.arange(4.0), 2.0)


def test_results_that_are_no_number_are_left_to_numba() -> None:
    made = kernel(lambda x: (x, 2 * x))
    assert left_to_numba(made, 3) == (3, 6)
    assert made._entries == {("i8",): None}


def test_functions_of_libraries_are_called_where_they_are() -> None:
    made = kernel(lambda x: math.sqrt(x) + math.erf(x))
    assert served(made, 0.5) == math.sqrt(0.5) + math.erf(0.5)
    code = numba_compiler.object_code(made, ("f8",))
    assert code is not None
    assert code.outside == ("sqrt", "erf")
    assert code == direct.ObjectCode.from_bytes(code.as_bytes())
    assert direct.linked(code._replace(outside=("sqrt", "no_such_function")), "made") is None


def test_what_closes_over_something_is_left_to_numba() -> None:
    factor = 3
    assert left_to_numba(kernel(lambda x: factor * x), 2) == 6


def test_a_kernel_that_fails_says_so() -> None:
    def refuse(x: int) -> int:
        if x > 3:
            raise ValueError
        return x

    made = kernel(refuse)
    assert served(made, 3) == 3
    with pytest.raises(RuntimeError, match="refuse failed"):
        made(4)


def spin(n: int, a: Array) -> None:
    for _ in range(n):
        for i in range(a.shape[0]):
            a[i] = (a[i] * 1103515245 + 12345) ^ (a[i] >> 7)


def test_the_interpreter_goes_on_while_a_kernel_runs() -> None:
    made, a = kernel(spin), np.arange(1000)
    served(made, 1, a)
    start = time.perf_counter()
    made(10_000, a)
    took = time.perf_counter() - start
    thread = threading.Thread(target=made, args=(max(10_000, int(4_000 / took)), a))
    thread.start()
    ticks = [time.perf_counter()]
    while thread.is_alive():
        ticks.append(time.perf_counter())
    assert max(after - before for before, after in pairwise(ticks)) < 0.5 * (ticks[-1] - ticks[0])


def test_threads_that_call_at_once_compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = []
    original = direct_entries.direct_entry

    def counted(*given: Any) -> Any:  # noqa: ANN401
        compiled.append(given)
        return original(*given)

    monkeypatch.setattr(jit, "direct_entry", counted)
    made, found = kernel(total), []
    threads = [threading.Thread(target=lambda: found.append(made(np.arange(5.0)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, len(compiled)) == ([10.0] * 8, 1)


THREADS = """
import sys, threading
from simcore.compiled import jit
def pair(x):
    return x, x
kernels = [jit.Compiled(eval(f"lambda x: x + {i}"), "kernel") for i in range(8)] + [jit.Compiled(pair, "kernel")] * 8
sys.setswitchinterval(1e-6)
start, found = threading.Barrier(len(kernels)), []
def call(kernel):
    start.wait()
    found.append(kernel._dispatcher()(1))
threads = [threading.Thread(target=call, args=[kernel]) for kernel in kernels]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(sorted(map(str, found)))
"""


def test_threads_may_load_numba_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", THREADS], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr == ""
    assert done.stdout == f"{['(1, 1)'] * 8 + [str(1 + i) for i in range(8)]}\n"


@pytest.mark.parametrize("where", ["environment", "file", "run time", "processor at run time"])
def test_with_settings_of_its_own_everything_is_left_to_numba(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    numba.config.reload_config()
    assert policy.processor_settings() == {}
    if where == "environment":
        monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    elif where == "file":
        (tmp_path / ".numba_config.yaml").write_text("boundscheck: 1\n", encoding="utf-8")
    elif where == "run time":
        monkeypatch.setattr(numba.config, "BOUNDSCHECK", 1)
    else:
        monkeypatch.setenv("NUMBA_CPU_NAME", "generic")  # too late: Numba has read its settings
    assert policy.processor_settings() is None
    if where == "run time":
        assert left_to_numba(kernel(twice), 4) == 8


def test_objects_of_another_layout_leave_everything_to_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    direct.here.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(direct, "SHAPE", direct.DATA)
        patch.setattr(direct, "_as_expected", lambda _array: False)
        assert direct.here() is None
        assert left_to_numba(kernel(twice), 4) == 8
    direct.here.cache_clear()
    assert direct.here() is not None


@pytest.mark.parametrize("field", ["DATA", "NDIM", "SHAPE", "DTYPE", "FLAGS"])
def test_a_field_of_arrays_that_lies_elsewhere_is_noticed(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    array = np.zeros((2, 3), np.uint16)
    assert direct._as_expected(array)
    monkeypatch.setattr(direct, field, direct.HEAD + 16 if field != "SHAPE" else direct.DATA)
    if field != "SHAPE":
        assert not direct._as_expected(array)


SCRIPT = """
import sys, json
from simcore.compiled import jit
from simcore.numerics.elementary import exp
from simcore.numerics.normal import normal_quantile
results = [normal_quantile(0.3), exp(0.3)]
print(json.dumps([[value.hex() for value in results], 'numba' in sys.modules]))
"""


def start(kept: Path, **settings: str) -> tuple[list[str], bool]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(kept), **settings}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr == ""
    values, loaded = json.loads(done.stdout)
    return values, loaded


def test_a_warm_start_imports_no_numba(tmp_path: Path) -> None:
    values, loaded = start(tmp_path)
    assert loaded
    assert start(tmp_path) == (values, False)
    assert start(tmp_path, NUMBA_DISABLE_JIT="1") == (values, False)
    named = start(tmp_path, NUMBA_CPU_NAME="generic")
    assert named == (values, True)
    assert start(tmp_path, NUMBA_CPU_NAME="generic") == (values, False)
    assert start(tmp_path, NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="") == (values, True)
    assert start(tmp_path) == (values, False)


def test_the_version_of_numba_is_known_without_it() -> None:
    assert json.dumps(numba.__version__)[1:-1] in direct_entries._version_of_numba()


def test_a_gateway_written_otherwise_has_entries_of_its_own() -> None:
    digests = direct_entries.makers()
    assert len({*digests, None}) == len(digests) + 1
