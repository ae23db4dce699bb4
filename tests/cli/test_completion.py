"""Completion: what is offered where, in the shells themselves; silent where nothing can be known, and soon there."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from simcore.base.errors import ExitStatus
from simcore.cli.completion.shells import SCRIPTS
from simcore.cli.completion.values import METHODS, VALUES
from simcore.cli.main import app
from simcore.scenario.metric import QUANTILE, SERVICES
from simcore.scenario_files.shipped import shipped_files
from simcore.schema import SCHEMAS
from simcore.variance_reduction.run_to_precision import method_names

BREAKS = " \t\n\"'><=;|&(:"
"""Bash's own ``COMP_WORDBREAKS``."""
SPACED = """
simcore: 1
name: Spaced
funnel:
  - {stage: calls}
  - {stage: first talks, rate: 0.5}
  - {stage: 'it"s won', rate: 0.5}
deal: {values: [[1000, 0.5], [2000, 0.5]]}
strategies:
  process: {}
  the plan: {}
  rock 'n' roll $HOME: {}
run: {strategy: process}
"""
IN_SHELL = 'if [ "$1" = completion ]; then command simcore "$@"; else printf "<%s>\\n" "$@"; fi'
"""What `simcore` does in a shell under test: it asks for completions, and else shows its arguments."""


def offered(*words: str) -> list[str]:
    """Return what is offered at the end of a line, as zsh gets it; the last word is that at the cursor."""
    done = CliRunner().invoke(app, ["completion", "zsh", "--", *words])
    assert done.exit_code == ExitStatus.DONE, done.output
    assert done.stderr == ""
    return [line.partition("\t")[0] for line in done.stdout.splitlines()]


def in_bash(line: str, breaks: str = BREAKS) -> list[str]:
    """Return what bash would put in place of the end of a line."""
    done = CliRunner().invoke(app, ["completion", "bash", "--", f"simcore {line}", breaks])
    assert (done.exit_code, done.stderr) == (ExitStatus.DONE, "")
    return done.stdout.splitlines()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder with a scenario that has spaces and quotes in its name and in its names."""
    (tmp_path / "my file.yaml").write_text(SPACED, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    (tmp_path / "results of May").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands_are_offered_with_their_titles() -> None:
    assert offered("") == list(typer.main.get_group(app).commands)
    assert offered("bench", "") == ["steadiness", "variance"]
    assert offered("br") == ["breakeven"]
    assert offered("no-such-command", "") == []
    done = CliRunner().invoke(app, ["completion", "fish", "--", "ru"])
    assert done.stdout == "run\tSimulate a scenario and show the results.\n"


def test_every_option_is_offered_until_it_is_given() -> None:
    names = offered("run", "--")
    assert {"--precision", "--set", "--strategy", "--csv", "--markdown", "--out", "--help"} <= {*names}
    assert "--seed" not in offered("run", "--seed", "3", "--")
    assert "--set" in offered("run", "--set", "team.reps=3", "--")
    assert offered("run", "x", "--", "--s") == [], "what follows -- is no option"


def test_scenarios_are_offered_by_name_and_as_files(folder: Path) -> None:
    assert folder.is_dir()
    found = offered("run", "")
    assert [*shipped_files()] == found[: len(shipped_files())]
    assert found[len(shipped_files()) :] == ["my file.yaml", "results of May/"]
    assert offered("compare", "trust") == ["trust-the-process"]


def test_folders_are_offered_where_results_are(folder: Path) -> None:
    assert folder.is_dir()
    assert offered("verify", "r") == ["results of May/"]
    assert offered("run", "x", "--out", "") == ["results of May/"]
    assert offered("run", "x", "--out=res") == ["--out=results of May/"]
    assert offered("verify", "no/such/") == []


@pytest.mark.parametrize(
    "words",
    [
        ("run", "my file.yaml", "--strategy", ""),
        ("compare", "my file.yaml", "--baseline", ""),
        ("sweep", "my file.yaml", "--strategy", ""),
        ("bench", "variance", "my file.yaml", "--strategy", ""),
    ],
)
def test_strategies_are_those_of_the_scenario(folder: Path, words: tuple[str, ...]) -> None:
    assert folder.is_dir()
    assert offered(*words) == ["process", "the plan", "rock 'n' roll $HOME"]


def test_a_strategy_is_named_once(folder: Path) -> None:
    assert folder.is_dir()
    assert offered("compare", "my file.yaml", "--strategy", "process", "--strategy", "the") == ["the plan"]
    assert offered("run", "trust-the-process", "--strategy", "") == ["process"]


def test_paths_go_on_dot_by_dot(folder: Path) -> None:
    assert folder.is_dir()
    assert "team." in offered("run", "my file.yaml", "--set", "")
    assert offered("run", "my file.yaml", "--set", "team.re") == ["team.reps="]
    assert offered("run", "my file.yaml", "--set=team.re") == ["--set=team.reps="]
    assert offered("run", "my file.yaml", "--set", "funnel.f") == ["funnel.first talks."]
    assert "funnel.first talks.rate=" in offered("run", "my file.yaml", "--set", "funnel.first talks.")
    assert "deal.values.2." in offered("run", "my file.yaml", "--set", "deal.values.")
    assert "strategies.the plan." in offered("run", "my file.yaml", "--set", "strategies.")


def test_only_numbers_are_varied() -> None:
    assert offered("sweep", "quota-pressure", "--vary", "quota.") == ["quota.amount=", "quota.team="]
    assert offered("breakeven", "quota-pressure", "--vary", "run") == []
    assert "quota.per=" in offered("run", "quota-pressure", "--set", "quota.")


@pytest.mark.parametrize("command", SERVICES)
def test_metrics_are_those_that_the_command_serves(command: str) -> None:
    option = "--precision" if command in ("run", "compare") else "--metric"
    service, ends = SERVICES[command], "=" if option == "--precision" else ""
    line = (*command.split(), "quota-pressure", option)
    names = offered(*line, "")
    assert f"revenue{ends}" in names
    periods = [name for name in names if name.endswith(":")]
    whole = [name for name in names if not name.endswith(":")]
    whole += [each for name in periods for each in offered(*line, name)]
    for name in whole:
        service.parse(name.removesuffix("="))  # raises where it is not served
    kinds = {name.partition(":")[0].removesuffix("=") for name in whole}
    assert kinds >= {each for each in service.names if each != QUANTILE}


def test_methods_are_those_that_there_are() -> None:
    assert [*METHODS] == method_names()
    assert offered("run", "x", "--method", "au") == ["auto"]


def test_stages_and_formats_are_offered(folder: Path) -> None:
    assert folder.is_dir()
    assert offered("coach", "my file.yaml", "--effect", "") == ["first talks=", 'it"s won=']
    assert offered("plan", "my file.yaml", "--solve-for", "f") == ["first talks"]
    assert offered("luck", "my file.yaml", "--drop", "f") == ["first talks="]
    assert "first talks=" in offered("plan", "my file.yaml", "--done", "")
    assert offered("schema", "") == [*SCHEMAS]
    assert offered("plan", "x", "--precision", "") == []


def test_every_value_belongs_to_a_parameter() -> None:
    group: Any = typer.main.get_group(app)
    commands = {**group.commands, **{f"bench {name}": each for name, each in group.commands["bench"].commands.items()}}
    commands |= group.commands["data"].commands
    known = {each.name for command in commands.values() for each in command.params}
    known |= {f"{name} {each.name}" for name, command in commands.items() for each in command.params}
    assert {*VALUES} <= known


BROKEN = ["", "{", "a: [1", "funnel: 3\nstrategies: 5\n", "- 1\n", "\x00", "funnel: [{stage: {}}, 3]\nstrategies: []\n"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_no_reason_to_speak(folder: Path, text: str) -> None:
    (folder / "broken.yaml").write_text(text, encoding="utf-8")
    for option in ("--strategy", "--set", "--precision"):
        offered("run", "broken.yaml", option, "")
    offered("coach", "broken.yaml", "--effect", "")
    offered("run", "no-such-file.yaml", "--strategy", "")
    offered("run", str(folder), "--strategy", "")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("run my", ["my\\ file.yaml"]),
        ("run 'my", ["my file.yaml"]),
        ('run "my fi', ["my file.yaml"]),
        ("run my\\ f", ["my\\ file.yaml"]),
        ("run my\\ file.yaml --strategy th", ["the\\ plan"]),
        ("run 'my file.yaml' --strategy roc", ["rock\\ \\'n\\'\\ roll\\ \\$HOME"]),
        ("run 'my file.yaml' --strategy \"roc", ["rock 'n' roll \\$HOME"]),
        ("run my\\ file.yaml --set=team.re", ["team.reps="]),
        ("run my\\ file.yaml -p p_zero:w", ["week="]),
        ("sweep my\\ file.yaml --metric sd:ye", ["year"]),
        (
            'run my\\ file.yaml --set "strategies.the plan."',
            ["strategies.the\\ plan.decides=", "strategies.the\\ plan.drives="],
        ),
        ('run my\\ file.yaml --set "strategies.the plan."de', ["strategies.the\\ plan.decides="]),
        ('run my\\ file.yaml "--set=strategies.the plan."dec', ["--set=strategies.the\\ plan.decides="]),
        ("FOO=1 simcore run my", []),
    ],
)
def test_bash_gets_what_replaces_its_word(folder: Path, line: str, wanted: list[str]) -> None:
    assert folder.is_dir()
    assert in_bash(line) == wanted


def test_nothing_heavy_is_loaded_for_a_key_press() -> None:
    for line in (["run", "quota-pressure", "--set", "team."], ["compare", "quota-pressure", "--strategy", ""]):
        script = (
            "import sys\nfrom simcore.cli.main import app\n"
            f"try: app({['completion', 'fish', '--', *line]!r})\nexcept SystemExit: pass\n"
            "heavy = {'numba', 'scipy', 'pyarrow', 'rich', 'llvmlite'} & set(sys.modules)\n"
            "engine = [name for name in sys.modules if name.startswith(('simcore.engine', 'simcore.kernels'))]\n"
            "sys.exit(f'{heavy} {engine}' if heavy or engine else 0)\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
        assert done.returncode == 0, done.stderr
        assert done.stdout


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return a PATH on which `simcore` is this one."""
    command = tmp_path / "bin" / "simcore"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\nfrom simcore.cli.main import main\nmain()\n", encoding="utf-8")
    command.chmod(0o755)
    return f"{command.parent}{os.pathsep}{os.environ['PATH']}"


def keys(shell: list[str], lines: list[str], path: str, folder: Path) -> str:
    """Type lines into an interactive shell on a terminal of its own; return all that it shows."""
    us, its = pty.openpty()
    environment = {"PATH": path, "TERM": "dumb", "HOME": str(folder), "LC_ALL": "C.UTF-8", "PS1": "", "PYTHONPATH": ""}
    process = subprocess.Popen(  # noqa: S603
        shell, stdin=its, stdout=its, stderr=its, env=environment, cwd=folder, start_new_session=True
    )
    os.close(its)
    os.write(us, "".join(f"{line}\n" for line in [*lines, "exit"]).encode())
    shown = b""
    try:
        while part := os.read(us, 65536):
            shown += part
    except OSError:
        pass  # how Linux tells that the other side is closed
    process.wait(timeout=60)
    os.close(us)
    return shown.decode("utf-8", "replace").replace("\r", "")


def needs(shell: str) -> str:
    """Return where a shell is, or skip the test."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


CASES = [
    ("simcore run my\t", ["run", "my file.yaml"]),
    ("simcore run 'my\t", ["run", "my file.yaml"]),
    ("simcore run my\\ file.yaml --strategy th\t", ["run", "my file.yaml", "--strategy", "the plan"]),
    ('simcore run "my file.yaml" --strategy roc\t', ["run", "my file.yaml", "--strategy", "rock 'n' roll $HOME"]),
    ("simcore run trust --set team.re\t20", ["run", "trust", "--set", "team.reps=20"]),
    ("simcore run trust -p p_zero:w\t1%", ["run", "trust", "-p", "p_zero:week=1%"]),
    ("simcore sweep my\\ file.yaml --vary=team.re\t1:5:5", ["sweep", "my file.yaml", "--vary=team.reps=1:5:5"]),
    ("simcore scen\t--js\t", ["scenarios", "--json"]),
]
"""Keys, and the arguments that the command then gets."""
CLOSED = (
    'simcore run "my file.yaml" --set "strategies.the\tdec\tweek',
    ["run", "my file.yaml", "--set", "strategies.the plan.decides=week"],
)
"""In bash, which closes a quote where there is one way to go on."""


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_keys_become_the_arguments_that_were_meant(folder: Path, path: str, shell: str) -> None:
    program = needs(shell)
    (folder / "script").write_text(SCRIPTS[shell], encoding="utf-8")
    first = {
        "bash": [program, "--norc", "--noprofile", "-i"],
        "zsh": [program, "-f", "-i"],
    }[shell]
    begin = {"bash": [], "zsh": ["autoload -Uz compinit", "compinit -u -D"]}[shell]
    begin = [*begin, "source ./script", f"simcore() {{ {IN_SHELL}; }}"]
    cases = [*CASES, CLOSED] if shell == "bash" else CASES
    shown = keys(first, [*begin, *(typed for typed, _ in cases)], path, folder)
    for typed, wanted in cases:
        assert "".join(f"<{each}>\n" for each in wanted) in shown, (typed, shown)


@pytest.mark.slow
def test_fish_shows_what_is_offered(folder: Path, path: str) -> None:
    program = needs("fish")
    (folder / "script").write_text(SCRIPTS["fish"], encoding="utf-8")

    def complete(line: str) -> list[str]:
        (folder / "line").write_text(line, encoding="utf-8")
        script = "source ./script; complete -C (cat line)"
        environment = {"PATH": path, "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(  # noqa: S603
            [program, "--no-config", "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
            cwd=folder,
        )
        return [each.partition("\t")[0] for each in done.stdout.splitlines()]

    assert complete("simcore run my") == ["my file.yaml"]
    assert complete("simcore run 'my file.yaml' --strategy th") == ["the plan"]
    both = {"funnel.first talks.rate=", "funnel.first talks.rate."}
    assert {*complete("simcore run my\\ file.yaml --set funnel.first\\ talks.ra")} == both
    assert complete("simcore sch") == ["schema"]


def test_the_scripts_are_printed_and_read_by_their_shells() -> None:
    for shell, script in SCRIPTS.items():
        done = CliRunner().invoke(app, ["completion", shell])
        assert (done.exit_code, done.stdout) == (ExitStatus.DONE, script)
    assert CliRunner().invoke(app, ["completion", "csh"]).exit_code == ExitStatus.USAGE
    assert CliRunner().invoke(app, ["completion"]).exit_code == ExitStatus.USAGE


def test_bash_runs_its_script(folder: Path, path: str) -> None:
    """With the variables that readline sets, without a terminal."""
    (folder / "script").write_text(SCRIPTS["bash"], encoding="utf-8")
    line = "simcore run my"
    script = f"source ./script; COMP_LINE='{line}' COMP_POINT={len(line)}; _simcore_completion simcore my run; "
    script += "printf '<%s>' \"${COMPREPLY[@]}\"; complete -p simcore"
    environment = {"PATH": path}
    done = subprocess.run(  # noqa: S603
        [needs("bash"), "--norc", "-c", script], capture_output=True, text=True, check=True, env=environment, cwd=folder
    )
    assert done.stdout.startswith("<my\\ file.yaml>")
    assert "_simcore_completion" in done.stdout
