"""The kernels: they only compute, into what they are given. Layers: draw, rep-week, rep, replication, block."""
