"""The first screens of small answers, kept as text; ``python -m tests.golden.first_screens`` writes them anew."""

from __future__ import annotations

from pathlib import Path

from tests.support.screens import NAMES, PAGES, document, screen

FOLDER = Path(__file__).with_name("screens")


def path_of(name: str) -> Path:
    """Return where the screens of a document are kept."""
    return FOLDER / f"{name.replace(' ', '_')}.txt"


def text_of(name: str) -> str:
    """Return the first screen of a document on each page, one after the other."""
    found = document(name)
    parts = []
    for width, encoding in PAGES:
        head = f"{width} columns, {encoding}"
        parts.append(f"{head:=^{width}}\n{screen(found, width, encoding)}\n")
    return "\n".join(parts)


def main() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        path_of(name).write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
