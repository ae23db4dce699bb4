"""Words of the methods and of the program: variance reduction, files, exit statuses."""

from __future__ import annotations

from simcore.glossary.word import Word

METHODS = (
    Word(
        "variance reduction",
        "Ways to get the same error from fewer worlds. Each has a price and some hurt; `simcore bench variance` "
        "measures them on your scenario and your metric.",
        "variance.md#the-techniques",
        ("technique", "method"),
    ),
    Word(
        "efficiency",
        "1 / (variance x processor time), as a ratio to crude Monte Carlo: 10 means the same error in a tenth of "
        "the time. Below 1 a technique hurts.",
        "variance.md#how-it-is-measured",
    ),
    Word(
        "common random numbers",
        "All strategies are played in the same worlds: the same market, people and luck. What they share falls out "
        "of their difference, so that a small one shows with few worlds.",
        "statistics.md#differences-in-the-same-worlds",
        ("CRN", "same worlds", "paired difference"),
    ),
    Word(
        "crude",
        "Plain Monte Carlo, every strategy in worlds of its own: what the techniques are measured against.",
        "variance.md#the-techniques",
        ("crude Monte Carlo", "Monte Carlo"),
    ),
    Word(
        "shared worlds",
        "The technique that every comparison uses: both strategies with the same random numbers. See common random "
        "numbers.",
        "variance.md#the-techniques",
    ),
    Word(
        "antithetic",
        "Worlds in pairs: where one draws a uniform number u, the other draws 1 - u. Lucky and unlucky cancel in "
        "the mean of a pair, as far as the figure follows the numbers monotonically.",
        "variance.md#the-techniques",
        ("antithetic variates",),
    ),
    Word(
        "control variate",
        "A count or factor of the run whose expectation is known, such as entries into a stage. How far it is off "
        "in these worlds tells how to correct the figure. `--method controls` uses them.",
        "variance.md#the-techniques",
        ("controls",),
    ),
    Word(
        "strata",
        "The leading random factor is drawn once in each of many parts of equal probability (stratified sampling), "
        "so that no part is missed or met twice.",
        "variance.md#the-techniques",
        ("stratified sampling",),
    ),
    Word(
        "conditional",
        "Conditional Monte Carlo: the last steps of the funnel are not drawn but replaced by their expectation "
        "given what came before. It needs fixed rates and no waits in these steps.",
        "variance.md#the-techniques",
    ),
    Word(
        "sobol",
        "Quasi-Monte Carlo: the leading factors come from scrambled Sobol points, which fill their space more "
        "evenly than random ones. Eight independent scramblings tell the error.",
        "variance.md#the-techniques",
        ("Sobol points", "quasi-Monte Carlo"),
    ),
    Word(
        "tilted",
        "Importance sampling for rare dry spells: rates are tilted toward no win, and each world is weighted by its "
        "likelihood ratio, so that the mean stays right.",
        "variance.md#the-techniques",
        ("importance sampling",),
    ),
    Word(
        "auto",
        "`--method auto`: a pilot tries the techniques that serve the metric and takes the best one, or plain Monte "
        "Carlo where a pilot would take longer.",
        "variance.md#answers-by-a-technique",
    ),
    Word(
        "batch",
        "A number of worlds that give one estimate together. A technique makes worlds within a batch depend on each "
        "other; batches are independent, and their spread gives the error.",
        "variance.md#answers-by-a-technique",
    ),
)

PROGRAM = (
    Word(
        "scenario",
        "A YAML file that describes the team, the funnel and what is run, or the name of a shipped one (`simcore "
        "scenarios`). `simcore init` writes one to start from, `simcore check` validates it.",
        "scenario-format.md#the-scenario-file",
    ),
    Word(
        "path",
        "The name of a key with all above it, as `--set` and `--vary` take it: `team.reps`, "
        "`funnel.meetings.rate.mean`. Names of stages, strategies and drives stand in it; entries of lists are "
        "numbered from 1.",
        "scenario-format.md#changing-a-value-on-the-command-line",
        ("key",),
    ),
    Word(
        "digest",
        "A fingerprint (SHA-256) of what is simulated: all figures of the scenario, the strategy and simcore's "
        "version, but not names, sources, seed or number of worlds. With the same digest, seed and worlds, results "
        "are the same to the bit.",
        "results-folder.md#the-results-folder",
        ("SHA-256",),
    ),
    Word(
        "results folder",
        "What `--out DIR` writes: the answer as JSON, the resolved scenario, tables and a manifest with the size "
        "and fingerprint of each file. `simcore verify DIR` checks that it is whole.",
        "results-folder.md#the-results-folder",
        ("manifest", "verify"),
    ),
    Word(
        "part of a run",
        "A file with all that was counted in some worlds of a run: what `--checkpoint` keeps and `--resume` goes on "
        "with, or the share that `--shard` plays. `simcore merge` adds parts up, to the bits of one run.",
        "how-to/longer-than-a-sitting.md#keep-what-is-done",
        ("checkpoint", "shard", "merge"),
    ),
    Word(
        "document",
        "An answer as JSON, as `--json` prints it and a results folder holds it; each has a published schema "
        "(`simcore schema`).",
        "documents.md#documents",
        ("schema",),
    ),
    Word(
        "exit status",
        "The number that a command ends with, for scripts: 0 DONE, 1 INTERNAL, 2 USAGE, 3 INVALID, 4 IO, 5 "
        "NOT_REACHED, 130 INTERRUPTED.",
        "commands.md#exit-status",
        ("exit code",),
    ),
    Word("DONE", "Exit status 0: the command did what was asked.", "commands.md#exit-status", ("0",)),
    Word("INTERNAL", "Exit status 1: a defect of simcore itself. Please report it.", "commands.md#exit-status", ("1",)),
    Word("USAGE", "Exit status 2: the command line is wrong; nothing was run.", "commands.md#exit-status", ("2",)),
    Word(
        "INVALID",
        "Exit status 3: the scenario, or data given to the command, is invalid. All that is wrong is told at once.",
        "commands.md#exit-status",
        ("3",),
    ),
    Word("IO", "Exit status 4: a file could not be read or written.", "commands.md#exit-status", ("4",)),
    Word(
        "NOT_REACHED",
        "Exit status 5: a stated precision or check was not reached. The answer is printed all the same, with the "
        "precision that it has.",
        "commands.md#exit-status",
        ("5", "not reached"),
    ),
    Word(
        "INTERRUPTED",
        "Exit status 130: ended by Ctrl-C, SIGTERM or SIGHUP. What was done until then is kept and reported.",
        "commands.md#exit-status",
        ("130",),
    ),
)
