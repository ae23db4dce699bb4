"""Teams that react, in rows: the order of the kernels of `kernels.reacting`, in plain Python."""
