"""Language models: from a text to a run directory whose network writes on, by the same `fit` as all others."""
