"""What the network is built of, and in which order. One file an illness."""
