"""Shapley values: each column's share of an answer, over all orders in which the columns could become known."""
