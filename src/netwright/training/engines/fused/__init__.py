"""The fused engine: explicit backpropagation, compiled.

The layer errors delta^l = dL/dz^l come by recursion from the last layer to the first instead of from a tape. A network
is a table of operations (`table.py`, made by `program.py`) that one compiled interpreter walks (`interpreter.py`) over
flat buffers. Each file of `operations/` holds one kind: `forward`, and `backward`, which turns the delta of its output
into the delta of its input and the gradients of its parameters; both with their equation.

Importing this package compiles nothing and does not import Numba: `engine.py` and the kernels do.
"""
