"""Engines take a module through stretches of optimizer steps. They know neither epochs, records nor checkpoints.

`eager` trains any `nn.Module` with autograd; `fused` trains feed-forward ones on the CPU, compiled. `stretch` says what
`fit` asks of both, `choice` which one trains.
"""
