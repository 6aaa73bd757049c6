"""The shapes that everything here speaks of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]  # predicted: [n, classes] probabilities, or [n] values; weights: [resamples, n] row counts
Truth = NDArray[Any]  # [n] class indices, or targets in their own unit
