"""Compiled simulation of strategies that react to results."""
