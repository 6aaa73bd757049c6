"""Engines take a module through one optimizer step. They know neither epochs, records nor checkpoints.

`eager` trains any `nn.Module` with autograd.
"""
