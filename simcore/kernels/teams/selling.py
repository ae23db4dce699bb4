"""Deals of a row of teams: what they bring, who hears of it, and their referrals; plain Python."""

from __future__ import annotations

import numpy as np

from simcore.kernels.reacting import closing, items
from simcore.kernels.reacting.breaches import MAX_OPEN, TOO_MANY_REFERRALS
from simcore.kernels.reacting.state import (
    BOOKED,
    COUNT,
    HOUR,
    LANE,
    MARK,
    OPEN,
    ORIGIN,
    REFERRED,
    RESULT,
)
from simcore.kernels.rows import deals, knowledge
from simcore.kernels.teams.needs import Needing
from simcore.program.tally import CLOSE
from simcore.program.tally import ORIGIN as BY_ORIGIN
from simcore.random.addresses import REFERRAL, VALUE
from simcore.scenario.channels import DEAL_VALUE, REFERRALS


class Selling(Needing):
    """Closes deals."""

    def _close(self, n: int) -> None:
        """Close the n listed deals."""
        program, listed, row, clock = self._program, self._items, self._row, self._clock
        lane, hours, known = listed.lane, listed.hour, self._known
        values, cents, units = listed.listed, listed.cents, listed.units
        self._find(n)
        self._fill_values(n, values)
        if not self._pulls:
            items.fill_ones(n, listed.price)
        row.clipped[clock.steps + 2] += closing.price_deals(
            n, program.deals.unit, lane, self._response[clock.steps + DEAL_VALUE], listed.price, values, cents,
            units,
        )  # fmt: skip
        closing.hear_of_deals(n, clock.end_hour, hours, lane, cents, known[BOOKED], known[RESULT], known[MARK])
        closing.add_discounts(
            n, self._mask, self._first_hour, clock.end_hour, hours, lane, values, cents,
            self._discounts,
        )  # fmt: skip
        coached = self._memory.coached
        if coached.revenue.shape[0] > 0:
            closing.add_revenue(n, clock.end_hour, clock.hours_per_week, hours, lane, cents, coached.revenue)
        origin = hours if clock.one_account else listed.origin
        self._memory.closed.add((hours[:n], origin[:n]), lane[:n], units[:n])
        if row.detail.cents.shape[0] > 0:
            for account, dated in ((CLOSE, hours), (BY_ORIGIN, origin)):
                closing.detail_deals(
                    n, account, self._bits, self._first_hour, clock.end_hour, clock.hours_per_week, dated, lane, cents,
                    row.detail.cents,
                )  # fmt: skip
        if row.detail.days.shape[0] > 0:
            closing.detail_deals(
                n, CLOSE, self._bits, self._first_hour, clock.end_hour, clock.hours_per_day, hours, lane, cents,
                row.detail.days,
            )  # fmt: skip
        closing.forget(n, lane, known[OPEN])
        if program.reaction.referrals > 0.0:
            self._refer(n)

    def _fill_values(self, n: int, values: np.ndarray) -> None:
        """Fill the values of the n listed deals before discounts, in cents."""
        program = self._program
        if program.deals.unsure:
            mask = (1 << self._bits) - 1
            means, words = self._row.values, self._draw(VALUE, n)[0]
            knowledge.price_about(program.deals, n, self._items.lane, mask, means, words, values)
        else:
            deals.price(program.deals, n, lambda: self._draw(VALUE, n)[0], values)
        if len(program.start.stage) > 0:
            closing.list_given(n, self._items.given, program.start.value, values)

    def _refer(self, n: int) -> None:
        """Let the n listed deals bring referrals, which wait for stage 1."""
        listed, reaction = self._items, self._program.reaction
        steps, drawn, count = self._clock.steps, self._draw(REFERRAL, n), listed.count
        total = closing.count_referrals(
            n, reaction.referrals, listed.lane, self._response[steps + REFERRALS], drawn[0], count
        )
        if total == 0:
            return
        hours, origin, counts = (listed.hours[row, :n].copy() for row in (HOUR, ORIGIN, COUNT))
        lane, x1, x2 = listed.words[LANE, :n].copy(), drawn[1, :n].copy(), drawn[2, :n].copy()
        listed.make_room(total)
        m = closing.add_referrals(
            n, counts, hours, origin, lane, x1, x2, listed.words, listed.hours, listed.response,
            self._known[OPEN], self._known[REFERRED],
        )  # fmt: skip
        for column in (OPEN, REFERRED):
            if self._known[column].max() > MAX_OPEN:
                self._too_many(TOO_MANY_REFERRALS, column, int(hours.max()))
        self._find(m)
        self._draw_steps(m)
        self._fill_lags(steps + 1, m)
        self._fill_dues(0, m, 1)
        self._put_away(0, m, np.arange(m, dtype=np.int32))
