"""What a call, a "no", a meeting held and an opportunity are worth, as a part of a document."""

from __future__ import annotations

from pydantic import Field

from simcore.base.document import Document
from simcore.statistics.estimate import Estimate


class ItemValue(Document):
    """What one item is worth, in units of the currency."""

    item: str = Field(description="The stage that it is in; a call for the first stage; `no` for a failed call.")
    average: Estimate | None = Field(
        description="Revenue by origin over items, all that comes of them in the end; null where a lag or a referral "
        "comes before the stage, so that the items of a time and their revenue are not of the same calls."
    )
    one_more: Estimate | None = Field(
        description="What one more brings in the run: of calls, revenue by origin of a tenth more calls; of later "
        "stages, revenue by close of an item that enters at the start, until the end of the run. Null for a no."
    )
    exact: float | None = Field(description="The closed form of `average`; null where none holds.")
    exact_in_run: float | None = Field(description="The closed form of `one_more`; null where none holds.")


class Wait(Document):
    """How long until a decision, in weeks."""

    mean: float | None = Field(description="Null where more than a millionth of waits is beyond what is held.")
    q10: float
    q50: float
    q90: float


class AgeRow(Document):
    """An item that is open and has waited so long."""

    age: str
    age_weeks: float
    still_open: float = Field(description="Share of items that are still open at this age; exact.")
    decision: Wait = Field(description="Time from now to the decision on the item's next step; exact.")
    p_win: float | None = Field(description="The chance that it becomes a win in the end; null without a closed form.")
    value: float | None = Field(description="What it brings in the end, referrals included.")
    p_win_soon: float | None = Field(description="The chance that its deal closes within `soon_weeks`.")
    value_soon: float | None = Field(description="What it brings within `soon_weeks`, by close; the closed form.")
    simulated_soon: Estimate | None = Field(
        description="The same, simulated: what one more such item at the start of a run adds. Null if interrupted, and "
        "where the age tells how it ends and the step's rate differs between reps or weeks."
    )
    grid_share: float = Field(
        description="Most that `simulated_soon` may be off, as a share of what an item brings in the end, because "
        "items fall due on a grid of as many hours as there are items."
    )


class StageAges(Document):
    """Open items of a stage, by age."""

    stage: str
    waiting_for: str
    rows: list[AgeRow]


class Values(Document):
    """What items are worth, now and at each age."""

    items: list[ItemValue]
    soon_weeks: int
    ages: list[StageAges] = Field(description="A part for each stage in which items wait; none where nothing does.")
    of_the_plan: bool = Field(
        description="Whether closed forms and waits are those of the plan, while the strategy's drives are simulated."
    )
    items_per_seat: int = Field(
        description="Items that were added to a seat at once; one where more would get in each other's way."
    )
    market_lift: float | None = Field(
        description="Most by which an item that came in a good market is likelier to win, as a share, since the market "
        "still lasts; null where the market does not act on two steps with a wait between them."
    )
    interrupted: bool
    sentences: list[str] = Field(description="What follows, in plain words.")
