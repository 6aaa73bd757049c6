"""How what was learnt carries over to other rows. One file an illness."""
