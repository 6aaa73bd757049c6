"""What the program does beside the mathematics: modes, parts left out, numbers that overflow. One file an illness."""
