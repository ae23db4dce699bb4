"""Words of the work that is simulated: the team, the funnel, the market, how reps react, and coaching."""

from __future__ import annotations

from simcore.glossary.word import Word
from simcore.scenario import signals
from simcore.scenario.channels import CHANNELS, MULTIPLIED

TEAM = (
    Word(
        "seat",
        "A place in the team. If its holder leaves, it stands vacant for a while and then a new person sits in it, "
        "who takes over what is open. What tables call a rep is a seat.",
        "model.md#the-team",
    ),
    Word(
        "rep",
        "Who makes the calls and works the items of a seat. In tables a rep is a seat, whoever holds it; own rates "
        "and habits belong to the person, and go when the person leaves.",
        "model.md#the-team",
        ("sales rep", "person"),
    ),
    Word(
        "rep-week",
        "One rep in one week; a rep-year is one rep in 52 weeks. The size of a run is its rep-weeks: worlds times "
        "seats times simulated weeks.",
        "model.md#what-is-counted",
        ("rep-year",),
    ),
    Word(
        "turnover",
        "Reps leave by chance, at `team.turnover.yearly` within a year, whatever their results. The seat is then "
        "vacant for `vacancy_weeks`, and the next person starts with rates of their own.",
        "model.md#the-team",
        ("vacancy", "attrition"),
    ),
    Word(
        "ramp",
        "How a new rep comes to make all planned calls: from a share `start` in the first week, in a straight line "
        "to all of them after `weeks` weeks. It is about activity; rates do not ramp.",
        "model.md#the-team",
        ("ramp-up", "onboarding"),
    ),
    Word(
        "calendar",
        "Working hours, working days, holidays and, where `start` says it, the date of the first day. The smallest "
        "step of time is the working hour; months have 4, 4 and 5 weeks, a quarter 13, a year 52, from the first "
        "counted week on, whatever its date.",
        "model.md#time",
        ("holiday", "working day", "date", "country"),
    ),
    Word(
        "duration",
        "A number with its unit: `3h`, `2.5d` and `1w` are working hours, days and weeks; `30cd` are calendar days, "
        "of which seven are a working week. A plain number counts working days.",
        "scenario-format.md#figures-sources-and-durations",
        ("cd", "calendar day"),
    ),
    Word(
        "warm-up",
        "Weeks that are simulated first and not counted. Without them a run with lags begins with an empty "
        "pipeline, and the first weeks by close are short of deals.",
        "model.md#time",
        ("burn-in",),
    ),
    Word(
        "horizon",
        "How long a world is simulated. The horizons of the tables are call, hour, day, week, month, quarter and "
        "year: the longer the window, the more of the luck has averaged out.",
        "model.md#time",
    ),
)

FUNNEL = (
    Word(
        "funnel",
        "The stages from the activity to the win, such as calls, meetings, opportunities, wins. Each stage after "
        "the first has a step that leads into it, with a rate and, if there is one, a lag.",
        "model.md#the-funnel",
    ),
    Word(
        "stage",
        "A place of the funnel. The first is the activity, the last the win; an item is in one stage at a time.",
        "model.md#the-funnel",
    ),
    Word(
        "step",
        "What turns an item of one stage into one of the next, or loses it. It has the name of the stage that it "
        "leads into: the step into wins is `funnel.wins`.",
        "model.md#the-funnel",
    ),
    Word(
        "item",
        "One thing that moves through the funnel: a call that became a meeting, then an opportunity, then a deal.",
        "model.md#the-funnel",
    ),
    Word(
        "call",
        "One unit of the activity, the first stage of the funnel, whatever its name in the scenario. The plan says "
        "how many a rep makes in a week.",
        "model.md#time",
        ("activity",),
    ),
    Word(
        "rate",
        "The chance that an item passes a step. The rate of a rep in a week is the mean rate times what the person, "
        "the market, the week and the strategy make of it, cut at 1.",
        "model.md#the-funnel",
        ("conversion rate", "conversion"),
    ),
    Word(
        "lag",
        "The wait before a step is decided; of the first step, from the booking until the meeting is held. Winners "
        "and losers wait alike, unless the step has a `lost_lag`: then it is decided at entry, and each waits by a law "
        "of its own. It is fixed, log-normal, gamma or drawn from a table, in whole working hours.",
        "model.md#the-funnel",
        ("wait", "cycle", "sales cycle"),
    ),
    Word(
        "cap",
        "Most items that a stage takes from a rep, in a week (`per_week`) or open at one time (`open`). What is "
        "more is turned away: it is lost, and counted.",
        "model.md#the-funnel",
        ("turned away",),
    ),
    Word(
        "limit of the model",
        "What the model cuts, and counts: a rate that a market, week noise or a drive pushes above 100 %, and a lag or "
        "a deal that is too large to be kept. A rate that is cut often has too large a spread, or drive, for its mean.",
        "model.md#the-funnel",
        ("limits of the model", "clipped", "cut"),
    ),
    Word(
        "pipeline",
        "The items that are open: they have entered a stage and wait for the next step. In the steady state it "
        "holds arrivals per hour times the mean lag (Little's law).",
        "model.md#the-funnel",
        ("open item", "open at the end", "open at the start"),
    ),
    Word(
        "deal",
        "An item that was won, and its value: fixed, log-normal, gamma or drawn from a list, in whole cents.",
        "model.md#the-funnel",
        ("win",),
    ),
    Word(
        "log-normal",
        "The distribution of a number whose logarithm is normal: always above 0, with a long tail of large ones. A "
        "lag of this form is told by its median and 90th percentile, deal values by mean and cv.",
        "model.md#the-funnel",
        ("lognormal",),
    ),
    Word(
        "gamma",
        "A distribution of waits and deal values above 0, told by its mean and cv. At the same cv its tail is "
        "shorter than that of the log-normal; with a cv of 1 it is the exponential distribution.",
        "model.md#the-funnel",
    ),
    Word(
        "Beta distribution",
        "The distribution of the own rates of reps, between 0 and 1, told by the mean rate and `rep_cv`. It has no "
        "spread beyond `rep_cv^2 = (1 - mean) / mean`.",
        "model.md#the-funnel",
        ("Beta",),
    ),
    Word(
        "need",
        "A condition that a deal meets or not, and that nobody sees: that the decision maker is involved, that there "
        "is a budget. Without it the deal is slower and rarely won; a check when it opens may mend that, and costs "
        "calls and days.",
        "model.md#what-a-deal-needs",
        ("qualify", "qualification"),
    ),
    Word(
        "late surprise",
        "A deal that is lost before its decision, because it shows at a call with the customer that a need is not met. "
        "It counted as open until then.",
        "model.md#what-a-deal-needs",
    ),
    Word(
        "referral",
        "A new meeting that a win brings, without a call. A win must bring less than one further win on average, or "
        "the chain would never end; a scenario in which it may not end is refused.",
        "scenario-format.md#referrals",
    ),
    Word(
        "inflow",
        "Items that come without a call, such as enquiries. They count by close, and never in what a call is worth.",
        "scenario-format.md#items-without-a-call",
    ),
    Word(
        "market",
        "A factor on the rates of some steps that the whole team shares. It changes from week to week and "
        "remembers: its logarithm is autoregressive (AR(1)) with standard deviation `sd` and correlation "
        "`persistence`. Its mean is 1. It may start from a known level; with a persistence of 1 it does not come back, "
        "and moves by a `step` a week.",
        "model.md#the-market",
        ("persistence",),
    ),
    Word(
        "season",
        "Factors on the rate of a step that come back every year, by month or by week: the same in all worlds, so no "
        "part of a variance. With `quota.pace: season` a week counts for as long as its season.",
        "model.md#the-season",
    ),
    Word(
        "plan",
        "The calls that a rep makes in a week, spread evenly over its hours. `simcore plan` is another thing: it "
        "works backward from a target to what it takes.",
        "model.md#time",
    ),
    Word(
        "quota",
        "What a rep should book, by close, in each week, month, quarter or year. The team's quota is that of all "
        "its seats together; a vacant seat has one too.",
        "model.md#what-is-counted",
        ("target",),
    ),
    Word(
        "attainment",
        "Revenue by close in a quota period over the quota: 1 is quota reached. P(quota) is the chance that it is "
        "at least 1.",
        "model.md#what-is-counted",
    ),
    Word(
        "by close",
        "Revenue dated by the hour in which a deal was won: what the books show. The account by origin dates it by "
        "the call that began it; the two differ only by lags.",
        "statistics.md#what-is-counted",
    ),
    Word(
        "by origin",
        "Revenue dated by the call that began the deal: what the work of that time was worth. Deals that close "
        "after the end of the run count too. The account by close dates it by the win.",
        "statistics.md#what-is-counted",
    ),
    Word(
        "value of a call",
        'Revenue by origin over all calls, the hang-ups included. The value of a "no" is that revenue over the '
        "calls that did not succeed at the first step.",
        "model.md#what-is-counted",
        ('value of a "no"', "value of a no"),
    ),
    Word(
        "value of an item",
        "What a meeting or an opportunity is worth: the product of the rates to come and the mean deal, more with "
        "referrals. One more item may be worth less, where a cap or a reaction stands in its way.",
        "coach.md#what-an-item-is-worth",
    ),
    Word(
        "source",
        "Where a figure of a scenario comes from, as `{value: 400, source: dialler}`. A figure without one counts "
        "as an assumption, and reports say how many there are.",
        "scenario-format.md#figures-sources-and-durations",
        ("assumption",),
    ),
)

REACTION: tuple[Word, ...] = (
    Word(
        "strategy",
        "How a rep reacts to results: a set of drives. It has no rates of its own, so that two strategies differ "
        "only in what their drives make of the same funnel. One without drives follows the plan.",
        "model.md#strategies-how-a-rep-reacts",
    ),
    Word(
        "baseline",
        "The strategy that the others are compared with: in `compare` the first that does not react to results, in "
        "a sweep the first that is named, unless `--baseline` says another.",
        "strategies.md#what-makes-a-comparison-fair",
    ),
    Word(
        "drive",
        "A feedback from results to behaviour, such as urgency or fatigue. Its level follows the signals that it "
        "hears and fades by its memory; the level changes channels.",
        "model.md#strategies-how-a-rep-reacts",
    ),
    Word(
        "level",
        "The state of a drive, a number without a unit. At each decision it becomes `memory` times itself plus the "
        "sum of gain times signal, cut to its limits. It starts at 0, where nothing is changed.",
        "model.md#strategies-how-a-rep-reacts",
        ("memory",),
    ),
    Word(
        "signal",
        f"What a drive can hear of what has happened: {', '.join(each.name for each in signals.SIGNALS)}. "
        "Its gain says how much the level answers.",
        "model.md#strategies-how-a-rep-reacts",
        ("gain",),
    ),
    Word(
        "channel",
        f"What a drive can change: the rate of a step, {', '.join(CHANNELS)}. A channel is multiplied by a response to "
        "the level, 1 at level 0.",
        "model.md#strategies-how-a-rep-reacts",
        ("response",),
    ),
    Word(
        "deal_value",
        "The channel that multiplies the price of the deals that close then: below 1 it is a discount.",
        "scenario-format.md#strategies",
        ("discount",),
    ),
    Word(
        "pull_forward",
        "The channel that closes deals early: in the last weeks of a quota period a share of the opportunities due "
        "soon after its end is decided at once, at a discount and another rate.",
        "model.md#strategies-how-a-rep-reacts",
        ("hockey stick", "sandbagging"),
    ),
    Word(
        "explodes",
        "A feedback whose level or activity grows beyond all limits is not computed: the run ends and names the "
        "drive. Less gain, less memory or limits to the level end it.",
        "model.md#strategies-how-a-rep-reacts",
    ),
    Word(
        "tampering",
        "To correct a steady process for what is only chance (Deming's funnel). Reacting in full to the last result "
        "adds a variance of its own: results swing more than if nothing were done.",
        "strategies.md#tampering",
    ),
)

_EXPLAINED = {name for word in (*TEAM, *FUNNEL, *REACTION) for name in (word.name, f"{word.name}s", *word.also)}
"""Names that have a word; one of several things is called as one of them."""
REACTION += tuple(
    Word(name, f"A channel: it multiplies {what}.", "scenario-format.md#strategies")
    for name, what in MULTIPLIED.items()
    if name not in _EXPLAINED
)

_FURTHER = {
    "ahead": "As a verdict: the 95 % interval of the difference of two strategies leaves out zero, in favour of "
    "this one.",
    "dry_spell": "In tables: weeks on end without a deal.",
    "peers": "With it all seats are simulated together.",
    "coach": "`simcore coach` asks whom to coach, which step to improve and what an item is worth.",
}
"""What a name means beside the signal."""
_ALSO = {"dry_spell": ("dry spell", "longest dry spell")}

SIGNALS = tuple(
    Word(
        signal.name,
        f"As a signal: {signal.tells}. {_FURTHER.get(signal.name, '')}".rstrip(),
        "scenario-format.md#strategies",
        _ALSO.get(signal.name, ()),
    )
    for signal in signals.SIGNALS
)

COACHING = (
    Word(
        "bad habit",
        "It lowers the rate of one step for one person, from the day on which it is picked up until it fades or a "
        "coaching session ends it. Nobody sees it; a manager can only see results and conversions.",
        "model.md#habits-and-the-manager",
        ("habit",),
    ),
    Word(
        "manager",
        "Holds so many coaching sessions a week, each with one rep on one step, as a rule chooses. A session on a "
        "step at which there is a bad habit ends it with the chance `repair`.",
        "model.md#habits-and-the-manager",
        ("coaching", "session"),
    ),
    Word(
        "nobody",
        "A rule of the manager: no sessions. What the other rules are compared with.",
        "coach.md#whom-to-coach",
    ),
    Word(
        "random",
        "A rule of the manager: reps and steps are drawn by lot. What coaching brings that knows nothing.",
        "coach.md#whom-to-coach",
        ("by lot",),
    ),
    Word(
        "result",
        "A rule of the manager: the reps with the lowest revenue of the last weeks, on a step by lot, since a "
        "result does not tell the step. Also the name of the document of `simcore run`.",
        "coach.md#whom-to-coach",
    ),
    Word(
        "process",
        "As a rule of the manager: the reps and steps furthest below the rate of the step, in standard errors. As a "
        "strategy: the plan, followed whatever happens, unless the scenario says otherwise.",
        "coach.md#whom-to-coach",
    ),
    Word(
        "oracle",
        "A rule of the manager that knows who has which habit. Nobody can follow it: it is the upper bound of what "
        "the same sessions can bring.",
        "coach.md#whom-to-coach",
    ),
    Word(
        "illusion",
        "What coaching seems to have done but did not: the worst of a period do better in the next one by chance "
        "alone. What was seen is what it did plus the illusion, world by world.",
        "coach.md#whom-to-coach",
    ),
    Word(
        "lever",
        "The scenario with one figure changed: a rate by a point or by ten per cent, calls, deals, lags, spreads. "
        "All levers run in the same worlds as the unchanged scenario.",
        "coach.md#what-is-changed",
    ),
    Word(
        "tornado",
        "A picture of the levers: a bar for what each does to revenue, with its interval. A bar that is told apart "
        "from zero is filled.",
        "coach.md#which-step-to-improve",
    ),
)
