"""Forecasting as a kind of run of its own: from a table of series to a run directory, and from new rows to what comes.

`job.py` is the flow. Windows are never stored: what trains reads one array by their origins (`windowed.py`).
"""
