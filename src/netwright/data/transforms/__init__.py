"""From cells to the numbers that a network reads. One file per encoder, all of one shape.

An encoder is a frozen dataclass that goes to JSON and back. Its module has `fit_NAME(cells, ...)`, which sees training
rows only; the value has `names`, one for each column that it writes, `continuous`, the positions among them that hold a
measured quantity, and `write(cells, out)`, which fills `out` (float32 [rows, len(names)]) and copes with every cell:
missing, unseen, out of range.
`preparation.py` puts them together.
"""
