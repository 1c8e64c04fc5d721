"""Exact money: decimal, never binary fractions."""
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def tax(net: Decimal, rate: Decimal) -> Decimal:
    """The tax on a net amount, rounded half up to the cent."""
    return (net * rate).quantize(CENT, rounding=ROUND_HALF_UP)
