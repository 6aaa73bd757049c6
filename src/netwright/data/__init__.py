"""From a path, a frame or arrays to numbers that a network reads.

Takes a source and what the user said of it. Hands on a table, a schema with reasons, findings,
a split, prepared arrays.
Does not know torch, networks or training.
"""
