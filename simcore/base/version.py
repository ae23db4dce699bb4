"""The version of simcore: part of every digest, so that results of two engines are never mixed up."""

__version__ = "0.1.0"
