"""The canonical scenario, written four more times: NumPy, SimPy, plain Python and C.

None of them imports simcore. Each simulates the same weeks and returns the same `canonical.Statistics`.
"""
