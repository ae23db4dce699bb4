"""Words of figures: metrics and periods, how well they are known, and what comparisons, plans and luck say."""

from __future__ import annotations

from simcore.glossary.word import Word

METRICS = (
    Word(
        "metric",
        "A named figure of a run, such as `revenue`, `p_quota`, `p_zero:13w`, `q05:quarter` or `sd:week`. The same "
        "names serve `--metric`, `--precision` and `run.precision`; after the colon stands the period.",
        "scenario-format.md#a-metric",
    ),
    Word(
        "revenue",
        "Mean revenue by close of a rep. Alone it is that of a year of 52 weeks, from all counted weeks; with a "
        "period, as in `revenue:month`, that of such a period.",
        "scenario-format.md#a-metric",
    ),
    Word(
        "p_quota",
        "Chance that a rep reaches quota in a quota period: the share of rep-periods with revenue by close of at "
        "least the quota.",
        "scenario-format.md#a-metric",
        ("P(quota)", "chance of quota"),
    ),
    Word(
        "p_quota_team",
        "Chance that the team reaches its quota in a quota period: that of all its seats together.",
        "scenario-format.md#a-metric",
    ),
    Word(
        "p_zero",
        "Share of a rep's periods without revenue, as in `p_zero:week` or `p_zero:13w`. Tables call it P(no win).",
        "scenario-format.md#a-metric",
        ("P(no win)",),
    ),
    Word(
        "quantile",
        "The least value that a share of all windows does not exceed. `q05:quarter` is the revenue that one quarter "
        "in twenty does not exceed; `q50` is the median.",
        "statistics.md#how-errors-are-found",
        ("q", "percentile", "p90", "median"),
    ),
    Word(
        "standard deviation",
        "How far single windows spread around their mean: of normal ones two thirds lie within one of it. It does "
        "not shrink with more worlds; the standard error does.",
        "statistics.md#what-is-counted",
        ("sd", "stdev", "spread"),
    ),
    Word(
        "coefficient of variation",
        "Standard deviation over mean: a spread as a part of what is expected. A cv of 0.3 is a swing of 30 % up or "
        "down; of independent windows it falls as the root of their length.",
        "statistics.md#what-is-counted",
        ("cv", "rep_cv", "week_cv"),
    ),
    Word(
        "variance",
        "The square of the standard deviation. Variances of independent parts add up, so a whole can be split into "
        "what comes from luck, people, market and weeks.",
        "steadiness.md#what-the-parts-are",
    ),
    Word(
        "window",
        "One rep in one whole period inside the counted weeks: an hour, a day, a week, a month, a quarter, a year. "
        "A row of the tables looks at all windows of its length, in all worlds.",
        "statistics.md#what-is-counted",
        ("period",),
    ),
    Word(
        "hour",
        "The smallest step of time and of the tables: a working hour of one rep. A week has `hours_per_day` times "
        "`days_per_week` of them.",
        "model.md#time",
    ),
    Word("day", "A working day of one rep: `hours_per_day` hours.", "model.md#time"),
    Word(
        "week", "A working week: `days_per_week` days. Longer periods are whole weeks, or real months.", "model.md#time"
    ),
    Word("month", "4, 4 and 5 weeks in turn, so that three are a quarter; or that of the calendar.", "model.md#time"),
    Word("quarter", "13 weeks, from the first counted week on; or three real months.", "model.md#time"),
    Word("year", "52 weeks, from the first counted week on; or twelve real months.", "model.md#time"),
    Word(
        "worst 5 % of worlds",
        "Mean team revenue of the lowest twentieth of all worlds: expected shortfall. It tells how bad it is when "
        "it is bad, which a quantile does not. With 40 worlds or fewer it is not given.",
        "statistics.md#differences-in-the-same-worlds",
        ("expected shortfall", "worst worlds"),
    ),
)

ERRORS = (
    Word(
        "world",
        "One possible course of everything: one team over all weeks, in one market, with its own luck. The "
        "program's documents call it a replication.",
        "architecture.md#architecture",
        ("replication",),
    ),
    Word(
        "seed",
        "The number from which all random numbers come. The same scenario with the same seed gives the same worlds "
        "to the bit, whatever the number of threads; another seed gives other worlds.",
        "randomness.md#address",
    ),
    Word(
        "give or take",
        "One standard error, in plain words: about how far the figure would move with other worlds. The true value "
        "lies within twice of it in about 95 of 100 runs.",
        "statistics.md#every-figure-and-its-error",
        ("±",),
    ),
    Word(
        "standard error",
        "About how far an estimate would move if the run were repeated with another seed; it stands behind ±. Four "
        "times the worlds halve it. It is the error of simulating too little, not of a wrong assumption.",
        "statistics.md#every-figure-and-its-error",
        ("se", "error"),
    ),
    Word(
        "confidence interval",
        "A range that holds the true value in so many of 100 runs: 95, unless it is stated otherwise. True is what "
        "the scenario says; whether the scenario is right, no interval can tell.",
        "statistics.md#intervals",
        ("CI", "interval", "95 % interval"),
    ),
    Word(
        "precision",
        "The half-width that an interval is to have, as `--precision revenue=0.5%` or `p_quota=0.01@0.99`. `run` "
        "and `compare` then take as many worlds as that needs.",
        "statistics.md#answers-at-a-stated-precision",
        ("half-width", "stated precision"),
    ),
    Word(
        "bound",
        'What stands for an error where something was never seen, or always: "0 (below 0.3 %)". What did not happen '
        "in n worlds has a chance of at most about 3 / n (the rule of three).",
        "statistics.md#what-was-never-seen",
        ("rule of three", "never seen"),
    ),
    Word(
        "jackknife",
        "How errors are found: each figure is computed again without each of 256 groups of worlds, and the spread "
        "of these values gives its error, whatever hangs together within a world.",
        "statistics.md#how-errors-are-found",
    ),
    Word(
        "exact",
        "Known without simulation, from a closed form or because the scenario fixes it; it has no error.",
        "statistics.md#what-was-never-seen",
        ("closed form",),
    ),
    Word(
        "coverage",
        "The share of runs in which an interval holds the true value. That intervals at 95 % do so in 95 % of runs "
        "is tested over thousands of seeds.",
        "statistics.md#answers-at-a-stated-precision",
    ),
)

ANSWERS = (
    Word(
        "tied",
        "Not told apart: the interval of the difference holds zero. It does not say that both are equal; more "
        "worlds may separate them, and about how many is said where it can be.",
        "statistics.md#differences-in-the-same-worlds",
        ("not told apart", "tie"),
    ),
    Word(
        "P(A beats B)",
        "In how many worlds one strategy has more revenue than the other. It may be near a half although one is "
        "clearly ahead on average.",
        "statistics.md#differences-in-the-same-worlds",
        ("beats",),
    ),
    Word(
        "Shapley value",
        "The fair share of each drive in a difference: its contribution, averaged over all orders in which the "
        "drives can be added. The shares sum to the whole difference.",
        "statistics.md#differences-in-the-same-worlds",
        ("shapley", "attribution", "sources of the difference"),
    ),
    Word(
        "break-even",
        "The value of a key at which two strategies are worth the same: on one side of it one is ahead, on the "
        "other the other. A crossing is told only between values at which the leader is clear.",
        "sweeps.md#a-breakeven",
        ("breakeven", "crossing"),
    ),
    Word(
        "sweep",
        "Strategies at several values of one or two keys, all in the same worlds: `--vary PATH=LOW:HIGH:COUNT`.",
        "sweeps.md#a-sweep",
        ("vary", "map"),
    ),
    Word(
        "confidence",
        "In a plan: the chance that the target is reached, that is, the share of worlds that reach it. Of an "
        "interval: how often such intervals hold the true value.",
        "plan.md#what-is-asked",
    ),
    Word(
        "backward arithmetic",
        "The target divided by the mean deal and then by the rate of each step. It gives what reaches the target on "
        "average, and so in about half of all worlds; a promise needs more.",
        "plan.md#planning-backward",
    ),
    Word(
        "threshold",
        "Of a plan: the least calls (or reps, or weeks) with which a world reaches the target. The answer at a "
        "confidence is the quantile of the thresholds over worlds.",
        "plan.md#method",
    ),
    Word(
        "frontier",
        "Pairs of team size and time that reach the target with the same confidence, each with the calls that it "
        "takes.",
        "plan.md#method",
    ),
    Word(
        "luck",
        "What is left to chance when all true rates are known: which call succeeds, which deal is won, and for how "
        "much. It averages out as the root of time: four times the weeks halve it, as a part of the mean.",
        "steadiness.md#what-the-parts-are",
    ),
    Word(
        "skill",
        "What of the differences between reps lasts: their own true rates. In the model it is known, so that it can "
        "be said how much of a ranking is skill and how much luck.",
        "luck.md#how-long-until-own-results-mean-something",
    ),
    Word(
        "regression to the mean",
        "Who is worst in one period does better in the next one on average, and who is best worse, with nobody "
        "doing anything: part of what put them there was luck. It is often taken for the effect of praise or blame.",
        "luck.md#regression-to-the-mean",
    ),
    Word(
        "weight",
        "Of own results: how much a rep's own figures count in the best guess of the true rate; the rest belongs to "
        "the team's. At 50 % skill weighs as much as luck (credibility theory).",
        "luck.md#how-long-until-own-results-mean-something",
        ("credibility",),
    ),
    Word(
        "likelihood ratio",
        "How many times as often a streak without wins comes where a rate has really dropped as where nothing is "
        "wrong. Near 1 the streak says nothing.",
        "luck.md#streaks-and-evidence",
        ("evidence", "streak"),
    ),
    Word(
        "sound",
        "Of a rep: with true rates good enough not to fall under the rule, whatever the results were. A rule that "
        "dismisses on results also dismisses sound reps.",
        "luck.md#dismissal",
        ("weak", "dismissal"),
    ),
    Word(
        "people",
        "A part of the variance: reps differ, come and go, have habits and are coached. It does not average out "
        "with time, since who is better stays better.",
        "steadiness.md#what-the-parts-are",
        ("differences between reps",),
    ),
    Word(
        "week noise",
        "A part of the variance: a factor on a rep's rate that is new every week (`week_cv`). It averages out.",
        "steadiness.md#what-the-parts-are",
        ("noise of the weeks",),
    ),
    Word(
        "reaction",
        "A part of the variance: what the drives of a strategy add to the variance of the plan. It is negative "
        "where reacting steadies the result.",
        "steadiness.md#what-the-parts-are",
    ),
    Word(
        "averages out",
        "A spread that falls, as a part of the mean, when the window grows. Independent weeks fall as the root of "
        "their number; what lasts, such as a rep's own rate, does not fall.",
        "steadiness.md#steadiness-what-averages-out-and-what-never-does",
        ("average out", "averaging pyramid", "pyramid"),
    ),
    Word(
        "knowledge",
        "What is known of a figure that is not known exactly: what was counted, or two ends. Every world draws its own "
        "from that, and what this adds to the width of results is ignorance: neither more weeks nor more worlds take "
        "it away, only more data.",
        "scenario-format.md#what-is-not-known-exactly",
        ("ignorance", "not known exactly"),
    ),
    Word(
        "Jeffreys' prior",
        "What is taken to be known of a rate before anything was counted: Beta(1/2, 1/2). After k successes in n "
        "trials it is Beta(k + 1/2, n - k + 1/2), for 0 of 40, too.",
        "scenario-format.md#what-is-not-known-exactly",
        ("Jeffreys",),
    ),
    Word(
        "credible interval",
        "An interval that holds a rate with a stated chance, by what is known of it: `between: [0.01, 0.03]` is one of "
        "90 %. A confidence interval is something else: it is about the worlds of a run.",
        "scenario-format.md#what-is-not-known-exactly",
        ("credible",),
    ),
)
