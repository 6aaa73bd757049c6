"""Training across clients without gathering their data.

Takes a module and clients. Hands on a module.
Does not know diagnosis, explanation, search, compression. Empty so far.
"""
