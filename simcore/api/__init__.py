"""The Python interface: what public functions accept, and what they may cost."""
