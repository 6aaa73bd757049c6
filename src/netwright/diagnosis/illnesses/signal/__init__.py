"""What happens to signals and gradients on their way through the layers. One file an illness."""
