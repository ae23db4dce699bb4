"""Names the packages that are installed: those of simcore/, and cli/ and scenarios/ inside it.

All else stands in pyproject.toml, which cannot search several folders.
"""

from setuptools import find_packages, setup

INSIDE = ("cli", "scenarios")
"""Folders that are installed as packages of simcore, see ``package-dir`` in pyproject.toml."""

setup(
    packages=[
        *find_packages(include=["simcore", "simcore.*"]),
        *(f"simcore.{name}" for folder in INSIDE for name in (folder, *find_packages(include=[f"{folder}.*"]))),
    ]
)
