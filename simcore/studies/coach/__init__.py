"""Whom to coach, in what, and for how long."""
