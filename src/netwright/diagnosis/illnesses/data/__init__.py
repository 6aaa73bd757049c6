"""What the rows are that training reads. One file an illness."""
