"""Writes the generated blocks of the documentation: ``python -m tools.docs``.

A block stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``. What it shows comes from the program itself,
so that the documentation cannot say anything else; `tests/docs/test_docs.py` fails where the two differ. A block that
runs a command is made only if what it shows can have changed (`tools.compared`), or with ``DOCS=all``. Pages that are
done from top to bottom are walked through (`tools.walk`).
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache, partial
from typing import TYPE_CHECKING

from simcore.answers.numbers import figure
from simcore.cli.main import STATUS_WORDS
from simcore.crm.findings import CHECKS as DATA_CHECKS
from simcore.scenario.channels import MULTIPLIED
from simcore.scenario.signals import SIGNALS
from simcore.scenario_files.scenario_file import load_scenario
from simcore.scenario_files.shipped import shipped
from simcore.statistics.estimate import Estimate
from simcore.studies.coach.rules import compare_rules
from simcore.studies.study import STUDIES
from simcore.variance_reduction.techniques import CRUDE, TECHNIQUES
from tools import glossary, reference
from tools.compared import remember, was_right
from tools.markdown import table
from tools.packages import PACKAGES, ROOT, modules, package_of, purpose
from tools.walk import PAGES as WALKED
from tools.walk import walked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BLOCK = re.compile(r"(?<=<!-- generated: )(?P<name>[a-z-]+) -->\n(?P<text>.*?)(?=<!-- end -->)", re.DOTALL)
BENCHMARKS = ROOT / "docs" / "benchmarks.md"
WIDTH = 120
"""Characters of a line."""


@cache
def printed(*arguments: str) -> str:
    """Return what a command of simcore prints on stdout."""
    script = "from simcore.cli.main import main; main()"
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    return f"```text\n{done.stdout}```\n"


def demo() -> str:
    """Return what ``make demo`` prints on stdout."""
    return printed("run", "trust-the-process")


def session(*arguments: str) -> str:
    """Return a command of simcore and all that it prints, the details too."""
    arguments = (*arguments, "--details")
    return f"\n```sh\n{_on_lines('simcore', *arguments)}\n```\n\n{printed(*arguments)}\n"


TABLES = ("run", "trust-the-process", "-n", "1000", "--csv")
EXCERPT = ("table", "funnel", "quota")


def tables_csv() -> str:
    """Return some lines of the CSV of a run, and the command that takes them out."""
    lines = printed(*TABLES).splitlines()
    kept = [line for line in lines if line.startswith(tuple(f"{name}," for name in EXCERPT))]
    command = f"{_on_lines('simcore', *TABLES)} | grep -E '^({'|'.join(EXCERPT)}),'"
    return f"\n```sh\n{command}\n```\n\n```text\n{chr(10).join(kept)}\n```\n\n"


def _on_lines(*words: str) -> str:
    """Return a command on lines of `WIDTH` at most; a backslash ends all but the last; options keep their values."""
    lines, pieces = [""], [""]
    for word in map(shlex.quote, words):
        if word.startswith("-"):
            pieces.append(word)
        else:
            pieces[-1] = f"{pieces[-1]} {word}".lstrip()
    for piece in pieces:
        if len(f"{lines[-1]} {piece} \\") > WIDTH:
            lines.append(" ")
        lines[-1] = f"{lines[-1]} {piece}" if lines[-1] else piece
    return " \\\n".join(lines)


def scenarios() -> str:
    """Return the scenarios that are shipped: what each is about, its size, and where a page tells of it."""
    rows = []
    for name, about in shipped():
        scenario = load_scenario(name)
        warmup = f" (+ {scenario.horizon.warmup_weeks})" if scenario.horizon.warmup_weeks else ""
        size = f"{scenario.team.reps} x {scenario.horizon.weeks}{warmup}"
        rows.append((f"[{name}]({_told_of(name)})", about, size))
    return table(("scenario", "what it shows", "reps x weeks (+ warm-up)"), rows)


def _told_of(name: str) -> str:
    """Return where a shipped scenario is described, seen from the page that lists them."""
    pages = ("scenarios.md", "strategies.md", "coach.md")
    texts = {page: (ROOT / "docs" / page).read_text(encoding="utf-8") for page in pages}
    section = next((f"{page}#{name}" for page, text in texts.items() if f"\n## {name}\n" in text), None)
    return (section or next(page for page in pages if f"simcore coach {name}" in texts[page])).removeprefix(pages[0])


def exit_status() -> str:
    """Return the exit statuses and what they mean."""
    rows = ((str(int(status)), f"`{status.name}`", words) for status, words in STATUS_WORDS.items())
    return table(("status", "name", "meaning"), rows)


def techniques() -> str:
    """Return the techniques of variance reduction."""
    rows = ((f"`{each.name}`", each.what) for each in (CRUDE, *TECHNIQUES))
    return table(("technique", "what it does"), rows)


def packages() -> str:
    """Return a row for every package, from the ground up: what it is, and its modules."""
    files = modules()
    rows = []
    for package in PACKAGES:
        inside = [
            name.rpartition(".")[2] for name in files if package_of(name) == package and name != f"simcore.{package}"
        ]
        listed = ", ".join(f"`{name}`" for name in sorted(inside))
        rows.append((f"`{package}`", purpose(files[f"simcore.{package}"]), listed))
    return f"\n{table(('package', 'what it is', 'modules'), rows)}\n"


def documents() -> str:
    """Return every document with a schema: how it is asked for, with the page of that name, and its class in Python."""
    rows = (
        (
            f"[{study.name}](schema/{study.name}.schema.json)",
            _linked(study.command),
            f"`simcore.{study.function}`",
            f"`{study.document_name}`",
        )
        for study in STUDIES.values()
    )
    return f"\n{table(('document', 'command', 'in Python', 'its class'), rows)}\n"


def _linked(command: str) -> str:
    page = f"{command.rsplit(maxsplit=1)[-1]}.md"
    return f"[`simcore {command}`]({page})" if (ROOT / "docs" / page).exists() else f"`simcore {command}`"


def speed() -> str:
    """Return the table of speeds without its ranges, and the line on the machine, from docs/benchmarks.md."""
    page = BENCHMARKS.read_text(encoding="utf-8")
    rows = [line for line in page.partition("## Speed\n")[2].partition("\n## ")[0].splitlines() if line[:1] == "|"]
    machine = re.search(r"^Machine: .*$", page, re.MULTILINE)
    if machine is None or len(rows) < 3:
        message = f"{BENCHMARKS} has no table of speeds; `make bench` writes one"
        raise ValueError(message)
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in (rows[0], *rows[2:])]
    kept = [tuple(row[column] for column in (0, 1, 3)) for row in cells]
    return f"\n{machine[0]}\n\n{table(kept[0], kept[1:])}\n"


COMPARED = ("quota-pressure", "hockey-stick", "pacing-bonus", "tampering", "hard-sell")
"""The scenarios that compare strategies."""
VARIED = {
    "quota-pressure": "strategies.pressure.drives.fatigue.changes.meetings.slope=-0.5:0 --replications 50",
    "hockey-stick": "strategies.hockey-stick.drives.closing.changes.pull_forward.win_rate=1:1.5 --replications 50",
    "pacing-bonus": "strategies.coasting.drives.brake.changes.activity.slope=-0.5:0 --strategy process "
    "--strategy coasting --replications 100",
    "tampering": "market.persistence=0:0.95 --strategy process --strategy full --metric sd:week --replications 40",
    "hard-sell": "strategies.hard-sell.drives.push.changes.referrals.slope=-1:0 --replications 50",
}
"""The figure on which the verdict of a scenario hangs, the range in which it flips, and which strategies if not all."""

COACHED = "--hours 8 --effect meetings=0.1 --effect opportunities=1 --effect wins=1 --replications 256"
"""What is asked about coaching hours."""

HABIT = "habit: {factor: 0.6, yearly: 0.5, fade_weeks: 26, at_start: 0.26}"
MORE_SPREAD = tuple(f"funnel.{stage}.rate.rep_cv=0.2" for stage in ("meetings", "opportunities", "wins"))
TEAMS = {
    "as it is": (),
    "weeks looked back: 4": ("manager.window_weeks=4",),
    "weeks looked back: 26": ("manager.window_weeks=26",),
    "reps differ twice as much": MORE_SPREAD,
    "the same, 26 weeks back": (*MORE_SPREAD, "manager.window_weeks=26"),
    "40 calls, rates of a half: 5 wins a week": (
        "plan.calls_per_week=40",
        "funnel.meetings.rate=0.5",
        "funnel.opportunities.rate=0.5",
    ),
    "one step, 20 calls: 10 wins a week": (
        "plan.calls_per_week=20",
        f"funnel=[{{stage: calls}}, {{stage: wins, rate: {{mean: 0.5, rep_cv: 0.1}}, {HABIT}}}]",
    ),
}
"""Changes to `coach-the-process`: what a manager can see, and where a result says all."""
TEAM_WORLDS = 128


def coached_teams() -> str:
    """Return what coaching the result and the process bring in different teams."""
    rows = []
    for name, changes in TEAMS.items():
        scenario = load_scenario("coach-the-process", list(changes))
        found = {row.rule: row for row in compare_rules(scenario, TEAM_WORLDS).rows}
        scale = 100.0 / (found["nobody"].revenue.estimate or 1.0)
        shown = [figure_of(found[rule].gain, scale) for rule in ("random", "result", "process", "oracle")]
        rows.append((name, *shown, figure_of(found["process"].over_result, scale)))
    header = ("team", "gain at random, %", "by the result", "by the process", "by the oracle", "process over result")
    return f"\n{table(header, rows)}\n{TEAM_WORLDS} worlds each; in per cent of the revenue without coaching.\n\n"


def figure_of(figures: Estimate | None, scale: float) -> str:
    """Return a figure with its standard error, scaled."""
    if figures is None or figures.estimate is None or figures.se is None:
        return "-"
    return figure(scale * figures.estimate, scale * figures.se).inline()


def signals() -> str:
    """Return a row for every signal: when it is 0, what 1 means, and what a scenario must have for it."""
    rows = (
        (f"`{each.name}`", each.at_zero, each.at_one, "`quota`" if each.needs_quota else "`needs`" * each.needs_needs)
        for each in SIGNALS
    )
    return f"\n{table(('signal', '0 if', '1 means', 'it takes'), rows)}\n"


def channels() -> str:
    """Return a row for every channel: what it multiplies."""
    listed = [(f"`{name}`", what) for name, what in MULTIPLIED.items()]
    of_step = "the rate of the step into it: of the calls of that hour, or of the items that enter the stage before it"
    listed.insert(1, ("a stage after the first", f"{of_step} in that hour"))
    return f"\n{table(('channel', 'what it multiplies'), listed)}\n"


def data_checks() -> str:
    """Return what `simcore data check` looks for."""
    rows = ((f"`{name}`", what) for name, what in DATA_CHECKS.items())
    return f"\n{table(('check', 'what it tells of'), rows)}\n"


QUICK: dict[str, Callable[[], str]] = {
    "scenarios": scenarios,
    "exit-status": exit_status,
    "packages": packages,
    "documents": documents,
    "commands": reference.commands,
    "document-keys": reference.documents,
    "glossary": glossary.words,
    "glossary-keys": glossary.every_key,
    "speed": speed,
    "techniques": techniques,
    "data-checks": data_checks,
    "signals": signals,
    "channels": channels,
}
"""Blocks that are made at once, from docstrings too."""
COMMANDS: dict[str, Callable[[], str]] = {
    "demo": demo,
    "coach-long-cycle": partial(session, "coach", "long-cycle", "--replications", "64"),
    "coach-the-process": partial(session, "coach", "coach-the-process", "--replications", "64"),
    "coach-where": coached_teams,
    "coach-hours": partial(session, "coach", "trust-the-process", *COACHED.split()),
    "plan": partial(session, "plan", "backward-from-100k", "--target", "100k"),
    "plan-here": partial(
        session,
        *("plan", "backward-from-100k", "--target", "100k", "--done", "calls=2000,won=40000,open=5"),
        *("-n", "2000", "--no-frontier"),
    ),
    "tables-csv": tables_csv,
    "luck": partial(session, "luck", "real-team", "-n", "1024"),
    "steadiness": partial(session, "bench", "steadiness", "real-team", "--replications", "1024"),
    **{f"compare-{name}": partial(session, "compare", name) for name in COMPARED},
    **{
        f"breakeven-{name}": partial(session, "breakeven", name, "--vary", *vary.split())
        for name, vary in VARIED.items()
    },
}
"""Blocks that simulate: minutes, all together."""
BLOCKS = {**QUICK, **COMMANDS}


def pages() -> list[Path]:
    """Return every Markdown file of the repository."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("benchmarks/*.md"))]


def rewritten(text: str) -> str:
    """Return a page with its blocks as they should be; the speeds stay as they are until they have been measured."""

    def fresh(block: re.Match[str]) -> str:
        name = block["name"]
        if (name == "speed" and not BENCHMARKS.exists()) or (name in COMMANDS and was_right(name, block["text"])):
            return block[0]
        made = BLOCKS[name]()
        if name in COMMANDS:
            remember(name, made)
        return f"{name} -->\n{made}"

    return BLOCK.sub(fresh, text)


def done_again(page: Path, text: str) -> str:
    """Return the text of a page that is walked through with what its commands print; other pages stay as they are."""
    name = page.relative_to(ROOT).as_posix()
    if page not in WALKED or was_right(name, text):
        return text
    made = walked(text).text
    remember(name, made)
    return made


def main() -> None:
    """Rewrite every page that is out of date."""
    for page in pages():
        old = page.read_text(encoding="utf-8")
        new = done_again(page, rewritten(old))
        if new != old:
            page.write_text(new, encoding="utf-8")
            print(page.relative_to(ROOT))


if __name__ == "__main__":
    main()
