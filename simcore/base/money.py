"""Money: whole cents internally (hundredths of any currency's unit), units of the currency in files and reports."""

from __future__ import annotations

from decimal import Decimal


def cents(amount: float | Decimal) -> int:
    """Return an amount in whole cents, halves rounded up (away from zero).

    Parameters
    ----------
    amount
        Units of the currency, finite. A float counts as the decimal number that it prints as: 1.005 is 101
        cents, although its binary value is slightly less.

    Raises
    ------
    ValueError
        If the amount is not finite.

    Examples
    --------
    >>> cents(10000), cents(0.125), cents(1.005)
    (1000000, 13, 101)
    """
    exact = Decimal(str(amount))
    if not exact.is_finite():
        raise ValueError(f"an amount of money is finite, got {amount}")
    sign, digits, exponent = exact.as_tuple()
    # In integers: a Decimal context would round a long number first.
    coefficient = int("".join(map(str, digits)))
    shift = int(exponent) + 2
    if shift >= 0:
        whole = coefficient * int(10**shift)
    elif -shift > len(digits):
        whole = 0
    else:
        unit = int(10**-shift)
        whole = (2 * coefficient + unit) // (2 * unit)
    return -whole if sign else whole
