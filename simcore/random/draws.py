"""From random words to decisions: uniforms, yes or no, counts, and which calls succeed.

Everything is inversion of a uniform, so that results move monotonically with it (common random numbers,
antithetic and quasi-random points work), and what is discrete compares integers with integer thresholds.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint64
from simcore.numerics.normal import normal_quantile
from simcore.random.addresses import MAX_PARTS, SUCCESSES, decision
from simcore.random.streams import words_at

TWO_32 = 4294967296.0
_TWO_53 = 9007199254740992
PART_MEAN = 256.0
"""Largest mean of one binomial inversion: keeps q**n far from underflow, see `binomial`."""


@inlined
def uniform32(word: np.uint32) -> float:
    """Return the centre of the word's cell in (0, 1): never 0 and never 1."""
    return (float(word) + 0.5) * (1.0 / TWO_32)


@inlined
def uniform53(high: np.uint32, low: np.uint32) -> int:
    """Return an integer u from 0 to 2**53 - 1: the uniform u / 2**53."""
    return (int64(high >> np.uint32(5)) << 26) | int64(low >> np.uint32(6))


@inlined
def threshold(p: float) -> int:
    """Return the integer below which a 32-bit word means yes, for a probability p in [0, 1].

    ``word < threshold(p)`` has probability p to within 2**-33.
    """
    return int64(p * TWO_32 + 0.5)


@inlined
def normal(word: np.uint32) -> float:
    """Return the normal score of a word."""
    return normal_quantile(uniform32(word))


@inlined
def _power(base: float, exponent: int) -> float:
    """Return base**exponent by repeated squaring: multiplications alone, the same on every machine."""
    result = 1.0
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


@kernel
def binomial_inverse(u53: int, n: int, p: float) -> int:
    """Return the number of successes in n trials at the uniform ``u53 / 2**53``, by inversion.

    Sequential search from zero (Devroye 1986, section X.4), with the probabilities by their
    recurrence; the cost is that of the successes. Needs ``n * min(p, 1 - p) <= 256``.

    Examples
    --------
    >>> binomial_inverse(2**52, 500, 0.02), binomial_inverse(0, 500, 0.02), binomial_inverse(7, 9, 1.0)
    (10, 0, 9)
    """
    if p >= 1.0:
        return n
    flipped = p > 0.5
    if flipped:
        p = 1.0 - p
        u53 = _TWO_53 - 1 - u53
    u = float(u53) * (1.0 / _TWO_53)
    q = 1.0 - p
    f = _power(q, n)
    total = f
    k = 0
    while u >= total and k < n:
        k += 1
        f *= (float(n - k + 1) * p) / (float(k) * q)
        total += f
    return n - k if flipped else k


@inlined
def parts_of(n: int, p: float) -> int:
    """Return the number of parts into which a week's calls are divided so that each has a mean of at most 256."""
    mean = float(n) * min(p, 1.0 - p)
    parts = 1
    while mean > PART_MEAN * parts and parts < MAX_PARTS:
        parts *= 2
    return parts


@kernel
def binomial_in_parts(
    where: np.uint32,
    cell: int,
    n: int,
    p: float,
    parts: int,
    number: int,
    flip: np.uint32,
    k0: np.uint32,
    k1: np.uint32,
) -> int:
    """Return the number of successes of a week whose calls are divided into `parts`, each with its own draw.

    ``where`` is the `simcore.random.addresses.place` of the week; ``cell`` the sheet and band of the candidates, see
    docs/randomness.md, or 0 for the calls of the plan. For the last four, those of the luck, see
    `simcore.random.streams.words_at`.
    """
    total = 0
    for i in range(parts):
        x0, x1, _, _ = words_at(decision(SUCCESSES, i, cell), where, number, flip, k0, k1)
        size = (i + 1) * n // parts - i * n // parts
        total += binomial_inverse(uniform53(x0, x1), size, p)
    return total


@inlined
def pick(word: np.uint32, thresholds: NDArray[np.int64]) -> int:
    """Return the first index whose cumulative threshold lies above the word (the last is 2**32)."""
    i = 0
    while int64(word) >= thresholds[i]:
        i += 1
    return i


@inlined
def take_slot(word: np.uint32, k: int, n: int, tag: int, slots: NDArray[np.int64]) -> int:
    """Take the k-th slot of 0 .. n - 1 without replacement: one step of a Fisher-Yates shuffle.

    ``slots[j]`` is ``tag`` plus the slot that the shuffle has put in place j; a place with less than ``tag`` was not
    touched by this shuffle and holds j itself. So a new shuffle needs a higher tag (by n or more) and no clearing.
    """
    # Unsigned: an index that cannot be negative needs no check for it.
    j = uint64(k) + ((uint64(word) * uint64(n - k)) >> np.uint64(32))
    there, here = slots[j], slots[uint64(k)]
    slots[j] = here if here >= tag else tag + k
    return there - tag if there >= tag else int64(j)


def binomial_thresholds(n: int, p: float) -> NDArray[np.int64]:
    """Tabulate `binomial_inverse` for ``p <= 1/2``: the 53-bit integers at which the count steps up.

    Returns
    -------
    int64[n + 1]
        The count at u is the first k with ``u < thresholds[k]``; the same count as `binomial_inverse` for every u.
    """
    thresholds = np.empty(n + 1, np.int64)
    q = 1.0 - p
    f = _power(q, n)
    total = f
    for k in range(n):
        thresholds[k] = min(math.ceil(total * _TWO_53), _TWO_53)
        ratio = (float(n - k) * p) / (float(k + 1) * q)
        f *= ratio
        if ratio < 1.0 and total + f == total:  # beyond the mode: what follows is less still
            thresholds[k:n] = thresholds[k]
            break
        total += f
    thresholds[n] = _TWO_53
    return thresholds


def guide_of(thresholds: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return where the search in ``thresholds`` may start, by the top eight bits of the uniform (int32[256])."""
    guide = np.empty(256, np.int32)
    k = 0
    for top in range(256):
        while thresholds[k] <= (top << 45):
            k += 1
        guide[top] = k
    return guide


@inlined
def count_at(u53: int, thresholds: NDArray[np.int64], guide: NDArray[np.int32]) -> int:
    """Return the tabulated count at the uniform ``u53 / 2**53``."""
    k = int64(guide[u53 >> 45])
    while u53 >= thresholds[k]:
        k += 1
    return k
