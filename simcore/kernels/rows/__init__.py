"""Rows: replications side by side, week after week, in narrow kernels that plain Python puts in order."""
