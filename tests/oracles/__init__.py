"""The obvious implementations, in float64 NumPy: slow, short, and written from the equations."""
