"""The Python interface: the arguments of public functions, and limits on their cost."""
