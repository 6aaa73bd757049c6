"""What a network is made of, one kind a file: `forward(op, ...)` and `backward(op, ...)`, `op` a row of the table.

`values` are overwritten going forward, `deltas` (same places) going backward, `kept` is what backward needs of forward.
"""
