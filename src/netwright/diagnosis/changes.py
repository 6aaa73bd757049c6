"""The changes that remedies are made of, and that control treatments are drawn from at random.

One vocabulary for recipes and for PyTorch programs: `treatment/recipes.py` and `treatment/programs.py` carry them out.
"""

FACTORS = ("learning_rate", "epochs", "batch_size", "width", "weight_decay", "penalty")  # values multiply what is there

CHANGES: dict[str, str] = {
    "learning_rate": "a factor",
    "optimizer": "sgd, momentum, adam, adamw or rmsprop, at its usual rate",
    "schedule": "constant, cosine or one_cycle",
    "warmup": "share of all steps",
    "clip_norm": "largest L2 norm of a step's gradient, or None",
    "epochs": "a factor",
    "batch_size": "a factor",
    "activation": "of the hidden layers: relu, leaky_relu, gelu, tanh, silu",
    "head": "what the outputs go through: identity, sigmoid, softmax, log_softmax, relu, tanh",
    "loss": "cross_entropy, nll, bce, bce_with_logits, mse, mae or huber",
    "pairing": "auto: the head and the loss that suit the targets, together",
    "outputs": "auto: as many as the targets need",
    "initialization": "kaiming, xavier or orthogonal; biases 0",
    "normalization": "none, batch or layer, before each hidden activation",
    "residual": "True: skips around hidden layers of equal width",
    "dropout": "share silenced",
    "weight_decay": "a factor; of none, 1e-4",
    "hidden_layer": "units of a layer with ReLU, put before the only layer of weights",
    "penalty": "a factor of what the loss charges for the weights",
    "width": "a factor of the hidden layers",
    "scale_inputs": "True: mean 0 and deviation 1 by feature",
    "scale_targets": "True: the same of the targets; answers are scaled back",
    "class_weights": "balanced",
    "zero_grad": "True: before each backward pass",
    "step": "True: a backward pass and a step for each batch",
    "remove": "a kind of operation that is left out: dropout, softmax, bias, detach",
    "data": "True: the rows are mended, by whoever owns them",
    "train_mode": "True: in training steps",
    "unfreeze": "True: every parameter is trained",
    "all_parameters": "True: every parameter is in the optimizer",
    "reduction": "mean",
    "target_shape": "True: targets take the shape of the outputs",
    "shuffle": "True: rows in a new order each epoch",
    "drop_column": "name of a column that is not read",
    "split": "True: rows of training and validation are kept apart",
    "accumulate": "True: the loss is divided by the backward passes of a step",
    "patience": "epochs, or None",
    "precision": "float32",
    "seed": "True: every source of chance is seeded",
    "align": "True: targets stand in the order of their inputs",
}
