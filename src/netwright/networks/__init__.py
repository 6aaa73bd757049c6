"""Building networks.

Takes an input specification and a network config. Hands on an initialised `nn.Module`.
Does not know data (the two meet in training), nor how a network is trained.
"""
