"""A Sphinx extension: what the documentation site needs beyond the pages as they are.

* **Navigation.** The pages are plain Markdown that also reads well in the repository. A page that lists others in the
  first column of a table is a section, and the pages of its rows stand below it in the site's navigation.
* **Signatures.** Public functions are shown as type checkers see them, by ``simcore/__init__.pyi``.
* **The front page** is that of the repository, and the first of the site.
"""

from __future__ import annotations

import ast
import re
import shutil
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from tools.packages import ROOT

ROW = re.compile(r"^\| *\[[^\]]*\]\((?P<target>[^)#]+\.md)\)", re.MULTILINE)
"""A row of a table that begins with a link to a page."""
SECTIONS = ("README", "docs/how-to", "docs/ideas", "docs/reference", "docs/project", "docs/decisions/README")
"""The pages that list others, without ``.md``."""


def listed(page: str, text: str) -> list[str]:
    r"""Return the pages that a section lists, by their names in the site.

    Examples
    --------
    >>> listed("docs/how-to", "| page | answers |\n|---|---|\n| [Own](own.md) | x |\n| [Top](../README.md) | y |\n")
    ['docs/own', 'README']
    """
    folder = PurePosixPath(page).parent
    found = (normpath(str(folder / row["target"])).removesuffix(".md") for row in ROW.finditer(text))
    return list(dict.fromkeys(found))


def with_navigation(page: str, text: str) -> str:
    """Return the text of a page, a section with its list of pages as a table of contents."""
    if page not in SECTIONS:
        return text
    entries = "\n".join(f"/{name}" for name in listed(page, text))
    return f"{text}\n```{{toctree}}\n:hidden:\n\n{entries}\n```\n"


@cache
def public_signatures() -> dict[str, tuple[str, str]]:
    """Return arguments and result of each public function, as type checkers know them."""
    tree = ast.parse((ROOT / "simcore" / "__init__.pyi").read_text(encoding="utf-8"))
    aliases = {
        node.target.id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
    return {
        node.name: (f"({_spelled_out(ast.unparse(node.args), aliases)})", ast.unparse(node.returns))
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.returns
    }


def _spelled_out(signature: str, aliases: dict[str, str]) -> str:
    """Return a signature with what private names of types stand for in their place.

    Examples
    --------
    >>> _spelled_out("seed: _Count | None=None", {"_Count": "float | str"})
    'seed: float | str | None=None'
    """
    return re.sub(r"\b_[A-Z]\w*", lambda name: aliases[name[0]], signature)


def set_navigation(_app: object, page: str, source: list[str]) -> None:
    """Add the navigation to a page that was read."""
    source[0] = with_navigation(page, source[0])


def set_signature(_app: object, _what: str, name: str, *_more: object) -> tuple[str, str] | None:
    """Return the signature of a public function, or nothing for all else."""
    return public_signatures().get(name.removeprefix("simcore."))


def empty_docstring(_app: object, _what: str, _name: str, _it: object, _options: object, lines: list[str]) -> None:
    """Take out the docstring that Python gives to the field of a named tuple."""
    if lines and lines[0].startswith("Alias for field number"):
        lines.clear()


def copy_front_page(app: Any, error: Exception | None) -> None:  # noqa: ANN401  (Sphinx is no dependency of the tests)
    """Let a browser that opens the folder find the front page."""
    if error is None and app.builder.name == "html":
        shutil.copyfile(Path(app.outdir) / "README.html", Path(app.outdir) / "index.html")


def setup(app: Any) -> dict[str, bool]:  # noqa: ANN401
    """Register the extension."""
    app.connect("source-read", set_navigation)
    app.connect("autodoc-process-signature", set_signature)
    app.connect("autodoc-process-docstring", empty_docstring)
    app.connect("build-finished", copy_front_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
