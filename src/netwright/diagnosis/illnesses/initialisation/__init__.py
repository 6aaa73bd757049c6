"""What the weights are before the first step. One file an illness."""
