"""How kernels are compiled and cached: the Numba policy, the digest of sources, the folder of compiled code."""
