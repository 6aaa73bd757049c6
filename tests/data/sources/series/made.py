"""Time series made for tests: classes that differ in form, not in level, and lie anywhere in time."""

import numpy as np

CLASSES = ("saw", "step", "wave")
LENGTH = 48


def series_of(name, seed, length=LENGTH):
    """One series [length]: a form of a third of the length, noise around it."""
    random = np.random.default_rng([CLASSES.index(name), seed])
    values, size = 0.2 * random.normal(size=length), LENGTH // 3
    at = random.integers(0, length - size + 1)
    time = np.arange(size) / size
    form = {"saw": 2 * ((3 * time) % 1) - 1, "step": np.where(time < 0.5, 1.0, -1.0), "wave": np.sin(4 * np.pi * time)}
    values[at : at + size] += 2.0 * form[name]
    return values


def text_of(series, label=None):
    channels = ":".join(",".join("?" if np.isnan(v) else f"{v:.5f}" for v in channel) for channel in series)
    return channels if label is None else f"{channels}:{label}"


def write_ts(path, each=16, first=0, lengths=(LENGTH,), channels=1):
    """Write a .ts file with so many series of each class."""
    rows = []
    for number in range(each):
        for name in CLASSES:
            length = lengths[number % len(lengths)]
            one = [series_of(name, 1000 * channel + first + number, length) for channel in range(channels)]
            rows.append(text_of(one, name))
    head = f"# made\n@problemName Forms\n@univariate {str(channels == 1).lower()}\n@classLabel true {' '.join(CLASSES)}"
    path.write_text(f"{head}\n@data\n" + "\n".join(rows) + "\n")
    return path


def write_plain(path, rows, head="@classLabel true a b"):
    path.write_text(f"{head}\n@data\n" + "\n".join(rows) + "\n")
    return path
