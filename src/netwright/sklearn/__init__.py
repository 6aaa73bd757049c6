"""The scikit-learn face: networks as classifiers and regressors.

Takes arrays, sparse matrices or frames with their targets. Hands on fitted estimators that scikit-learn's own checks,
pipelines and searches accept; in memory, without a run directory.
Does not know the command line, nor how a network is built or trained: those rooms are called.
"""

from netwright.sklearn.estimators import EnsembleClassifier, EnsembleRegressor, NetworkClassifier, NetworkRegressor

__all__ = ["EnsembleClassifier", "EnsembleRegressor", "NetworkClassifier", "NetworkRegressor"]
