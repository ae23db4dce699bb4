"""How kernels are compiled and kept: the Numba policy, the digest of sources, the folder of compiled code."""
