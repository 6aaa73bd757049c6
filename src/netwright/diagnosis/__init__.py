"""What is wrong with a training, with evidence, and what is proven to mend it.

Takes a training as a `Case` of plain values, which `from_run` makes of a run directory and `watching` of anybody's own
PyTorch loop; a module with a few rows before it is trained. Hands on findings, causes before symptoms, each with its
evidence, a picture and remedies; checks before a training; and treatments, whose trials say what a remedy is worth.
Does not know explanation, search, compression, federation, nor how a run is served or drawn.
"""
