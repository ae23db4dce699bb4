"""All words of the glossary, by theme."""

from __future__ import annotations

from simcore.glossary import exports, figures, methods, work
from simcore.glossary.word import Word

THEMES: dict[str, tuple[Word, ...]] = {
    "The team and its time": work.TEAM,
    "The funnel": work.FUNNEL,
    "Figures and periods": figures.METRICS,
    "How well a figure is known": figures.ERRORS,
    "What answers say": figures.ANSWERS,
    "How reps react": work.REACTION,
    "Signals": work.SIGNALS,
    "Coaching": work.COACHING,
    "Variance reduction": methods.METHODS,
    "Exports": exports.EXPORTS,
    "The program": methods.PROGRAM,
}
"""The words of each theme, in an order to read."""
WORDS = tuple(word for words in THEMES.values() for word in words)
