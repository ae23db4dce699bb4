"""Reproducible mathematics: the same bits on every machine."""
