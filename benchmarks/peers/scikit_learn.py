"""scikit-learn's MLPClassifier, which has neither batch normalisation nor dropout."""

import time
import warnings

from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from peers.work import BATCH, RATE, Epoch, Rows, Work


def epoch(work: Work, rows: Rows) -> Epoch:
    x, y = (part.numpy() for part in rows)
    model = MLPClassifier(work.hidden, batch_size=BATCH, learning_rate_init=RATE, max_iter=1)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one epoch does not converge
        model.fit(x, y)
    return Epoch(time.perf_counter() - start, float(log_loss(y, model.predict_proba(x))))
