"""Pictures and tables of a run.

Takes the plain values of a run directory. Hands on one self-contained HTML page and terminal tables.
Does not know torch, nor how the values were computed.
"""
