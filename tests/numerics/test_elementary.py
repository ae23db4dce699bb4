"""exp and log against 45-digit decimal arithmetic, against a plain-Python twin, and pinned bit by bit."""

import ast
import hashlib
import math
import struct
from collections.abc import Callable
from decimal import Context, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.numerics import elementary
from simcore.numerics.elementary import exp, expm1, log, log1p
from tools.packages import ROOT

PATIENT = settings(deadline=None)
"""The first call compiles, or loads from the cache."""

DIGITS = Context(prec=45)
OWN_ARITHMETIC = ("elementary", "normal", "gamma_beta", "quantile_table")


def ulps(got: float, want: Decimal) -> float:
    """Return the error of ``got`` in units in the last place of ``want``."""
    with localcontext(DIGITS):
        return float(abs(Decimal(got) - want) / Decimal(math.ulp(float(want))))


def exact_exp(x: float) -> Decimal:
    return DIGITS.exp(Decimal(x))


def exact_log(x: float) -> Decimal:
    return DIGITS.ln(Decimal(x))


def exact_expm1(x: float) -> Decimal:
    return DIGITS.subtract(exact_exp(x), Decimal(1))


def exact_log1p(x: float) -> Decimal:
    return DIGITS.ln(DIGITS.add(Decimal(x), Decimal(1)))


def spread(low: float, high: float, count: int) -> list[float]:
    return [float(x) for x in np.random.default_rng(7).uniform(low, high, count)]


def small_numbers(count: int) -> list[float]:
    rng = np.random.default_rng(8)
    return [float(x) for x in rng.choice([-1.0, 1.0], count) * 10.0 ** rng.uniform(-18.0, -0.01, count)]


CASES = {
    "exp": (exp, exact_exp, 0.9, spread(-708.0, 709.7, 3000) + spread(-1.0, 1.0, 3000)),
    "log": (log, exact_log, 0.9, [math.exp(x) for x in spread(-708.0, 709.0, 3000)] + spread(0.5, 2.0, 3000)),
    "expm1": (expm1, exact_expm1, 3.0, small_numbers(3000) + spread(-40.0, 40.0, 1000)),
    "log1p": (log1p, exact_log1p, 3.0, small_numbers(3000) + spread(-0.9, 40.0, 1000)),
}


@pytest.mark.parametrize("name", CASES)
def test_error_in_units_in_the_last_place(name: str) -> None:
    function, exact, bound, points = CASES[name]
    assert max(ulps(function(x), exact(x)) for x in points) < bound


@pytest.mark.parametrize("x", [-708.5, -720.0, -740.0, -744.4, -745.1])
def test_subnormal_exp_is_rounded_once(x: float) -> None:
    assert ulps(exp(x), exact_exp(x)) <= 0.51


def test_edges_of_exp() -> None:
    assert exp(0.0) == exp(-0.0) == exp(5e-324) == 1.0
    assert exp(709.782712893384) == pytest.approx(1.797693134862273e308, rel=1e-15)
    assert exp(709.7827128933841) == exp(1e308) == exp(math.inf) == math.inf
    assert exp(-745.2) == exp(-1e308) == exp(-math.inf) == 0.0
    assert math.isnan(exp(math.nan))


def test_edges_of_log() -> None:
    assert log(1.0) == 0.0
    assert log(0.0) == log(-0.0) == -math.inf
    assert log(math.inf) == math.inf
    assert all(math.isnan(log(x)) for x in (-5e-324, -1.0, -math.inf, math.nan))
    assert log(5e-324) == pytest.approx(-744.4400719213812, rel=1e-15)
    assert log(2.2250738585072014e-308) == pytest.approx(-708.3964185322641, rel=1e-15)


def test_edges_of_expm1_and_log1p() -> None:
    assert expm1(0.0) == log1p(0.0) == 0.0
    assert expm1(-800.0) == -1.0
    assert expm1(800.0) == math.inf
    assert log1p(-1.0) == -math.inf
    assert log1p(math.inf) == math.inf
    assert math.isnan(log1p(-1.5))
    assert math.isnan(expm1(math.nan))


def bits(x: float) -> int:
    return int(struct.unpack("<q", struct.pack("<d", x))[0])


def twin_exp(x: float) -> float:
    """The steps of exp's docstring in plain Python, for normal results."""
    e = elementary
    scaled = e._INVERSE_LN2 * x
    k = int(scaled + 0.5) if x >= 0 else int(scaled - 0.5)
    hi, lo = x - k * e._LN2_HIGH, k * e._LN2_LOW
    r = hi - lo
    t = r * r
    c = r - t * (e._P1 + t * (e._P2 + t * (e._P3 + t * (e._P4 + t * e._P5))))
    return math.ldexp(1.0 - ((lo - (r * c) / (2.0 - c)) - hi), k)


def twin_log(x: float) -> float:
    """The steps of log's docstring in plain Python, for normal x."""
    e = elementary
    m, k = math.frexp(x)
    if bits(m) >> 32 < 0x3FE6A09E:
        m, k = 2.0 * m, k - 1
    f = m - 1.0
    h = 0.5 * f * f
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (e._L2 + w * (e._L4 + w * e._L6))
    t2 = z * (e._L1 + w * (e._L3 + w * (e._L5 + w * e._L7)))
    return s * (h + (t2 + t1)) + k * e._LN2_LOW - h + f + k * e._LN2_HIGH


@PATIENT
@given(st.floats(-708.0, 709.0))
def test_exp_agrees_with_its_twin_to_the_bit(x: float) -> None:
    assert bits(exp(x)) == bits(twin_exp(x))


@PATIENT
@given(st.floats(2.3e-308, 1.7e308))
def test_log_agrees_with_its_twin_to_the_bit(x: float) -> None:
    assert bits(log(x)) == bits(twin_log(x))


def fingerprint(function: Callable[[float], float], points: list[float]) -> str:
    return hashlib.sha256(struct.pack(f"<{len(points)}d", *(function(x) for x in points))).hexdigest()[:16]


def test_bits_are_the_same_on_every_machine() -> None:
    steps = [i / 64.0 for i in range(-45000, 45001)]
    assert fingerprint(exp, steps) == "e0b4b6ffd0d0d0ed"
    assert fingerprint(log, [i / 64.0 for i in range(1, 8001)]) == "a2c6d874e7345f4f"


@pytest.mark.parametrize("module", OWN_ARITHMETIC)
def test_no_function_of_the_c_library_is_used(module: str) -> None:
    """Of math and NumPy only the square root, casts and constants: all exact or correctly rounded."""
    allowed = {
        "math": {"sqrt"},
        "np": {"int64", "float64", "inf", "nan", "zeros"},
    }
    path = ROOT / "simcore" / "numerics" / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in allowed:
            assert node.attr in allowed[node.value.id], f"{path.name}:{node.lineno}"
        if isinstance(node, ast.ImportFrom):
            assert node.module not in ("math", "numpy"), f"{path.name}:{node.lineno}"
            assert not str(node.module).startswith("scipy"), f"{path.name}:{node.lineno}"
