"""The version of simcore: part of every digest, so that results of two versions are never mixed."""

__version__ = "0.1.0"
