"""Techniques of variance reduction, their benchmark, and runs to a precision by one."""
