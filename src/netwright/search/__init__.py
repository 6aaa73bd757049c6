"""Finding a better configuration within a budget.

Takes a search space. Hands on the best configuration and the population it came from.
Does not know diagnosis, explanation, compression, federation. Empty so far.
"""
