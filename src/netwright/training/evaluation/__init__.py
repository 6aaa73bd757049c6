"""How good a model is on rows it never saw: metrics with intervals, baselines beside them, where it errs.

Every metric is a function `(truth, predicted, weights) -> values`: `weights[b, i]` says how often row i counts in
resample b, so that one call answers for all bootstrap resamples at once.
"""
