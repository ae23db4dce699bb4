"""`simcore completion`: the script that lets a shell complete what is typed."""

from enum import StrEnum
from typing import Annotated

import typer


class Shell(StrEnum):
    """A shell that can be taught."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    context: typer.Context,
    *,
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="The shell: bash, zsh or fish.", show_default=False)],
    typed: Annotated[list[str], typer.Argument(hidden=True, help="What a script asks with.")] = [],  # noqa: B006
) -> None:
    """Print the script that completes command lines in a shell.

    bash: eval "$(simcore completion bash)" in ~/.bashrc. zsh: the same with zsh in ~/.zshrc, after compinit. fish:
    simcore completion fish > ~/.config/fish/completions/simcore.fish
    """
    from simcore.cli.completion.shells import READERS, SCRIPTS  # noqa: PLC0415
    from simcore.cli.output import print_lines  # noqa: PLC0415

    if not typed:
        print_lines(SCRIPTS[shell.value].splitlines())
        return
    from simcore.cli.completion.candidates import candidates  # noqa: PLC0415
    from simcore.cli.completion.values import VALUES  # noqa: PLC0415

    asked = READERS[shell.value](typed)
    found = candidates(context.find_root().command, asked.before, asked.word, VALUES)
    print_lines([asked.written(each) for each in found])
