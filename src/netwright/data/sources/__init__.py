"""Where data comes from: one folder per kind. Each takes what the user points at and hands on one value."""
