"""Making a trained network smaller and measuring what that costs and brings.

Takes a module and a config. Hands on a smaller module and a size report.
Does not know diagnosis, explanation, search, federation. Empty so far.
"""
