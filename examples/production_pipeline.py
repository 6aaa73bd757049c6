"""The usual production script - a network, a loader, a training loop - rebuilt on Netwright.

The script that everybody copies trains on random inputs with random labels for three epochs and prints a falling
training loss. Here are the same network and the same rows, with what the script lacks: validation, a test, baselines,
a seed, early stopping, checkpoints that can be resumed, and a report. And the honest end: labels drawn at random from
three classes cannot be foretold, so on rows it never saw no network gets below ln 3 = 1.0986 nats but by luck.

    python examples/production_pipeline.py
"""

import math

import numpy as np

import netwright as nw

generator = np.random.default_rng(0)
inputs = generator.standard_normal((1000, 20), dtype=np.float32)
labels = generator.integers(0, 3, 1000)  # random: there is nothing to learn

SCRIPT = {  # the network, optimizer and batches of the script, by their names in recipe.toml
    "network.hidden_sizes": (64, 32),
    "network.normalization": "batch",
    "network.activation": "leaky_relu",
    "network.dropout": 0.25,
    "training.optimizer": "adam",
    "training.learning_rate": 0.005,
    "training.weight_decay": 1e-4,
    "training.weight_decay_form": "coupled",
    "training.batch_size": 64,
    "training.label_smoothing": 0.0,
    "training.schedule": "constant",
}


def main() -> None:
    """Train as long as the script does, then twenty times as long with early stopping, and compare."""
    for epochs, patience in ((3, None), (60, 10)):
        settings = {**SCRIPT, "training.epochs": epochs, "training.patience": patience}
        run = nw.fit((inputs, labels), settings=settings)
        loss, accuracy = run.evaluation.metrics["log_loss"], run.evaluation.metrics["accuracy"]
        best = min(run.summary.epochs, key=lambda epoch: epoch.validation_loss or math.inf)
        print(f"asked for {epochs} epochs, trained {len(run.summary.epochs)}, kept the best, epoch {best.epoch}:")
        first, last = run.summary.epochs[0].train_loss, run.summary.epochs[-1].train_loss
        print(f"  the training loss falls from {first:.4f} to {last:.4f}, as if it learnt, but")
        print(f"  test loss {loss.value:.4f} (95% {loss.low:.4f} to {loss.high:.4f}), ln 3 = {math.log(3):.4f};")
        print(f"  test accuracy {accuracy.value:.3f} ({accuracy.low:.3f} to {accuracy.high:.3f}), chance 0.333")
        print(f"  report: {run.report}")


if __name__ == "__main__":
    main()
