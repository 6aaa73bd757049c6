"""How the answers are compared with the targets: head, loss and coding. One file an illness."""
