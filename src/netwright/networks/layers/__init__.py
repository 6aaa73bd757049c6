"""The layers that networks are made of. One file a kind; each looks its names up in one dict literal.

A layer takes `Float[Tensor, "batch feature"]` and hands on the same shape (embeddings and residual blocks widen it).
"""
