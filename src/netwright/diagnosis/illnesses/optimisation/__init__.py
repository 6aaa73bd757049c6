"""How the weights are moved: rate, optimizer, batch, schedule and the loop around them. One file an illness."""
