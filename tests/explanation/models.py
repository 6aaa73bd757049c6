"""Small networks beside a table of every kind of column, made without training: what explains them must tell."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import torch

from netwright.core.evidence import Calibration
from netwright.data import PreparationConfig, SchemaRequest, fit_preparation, infer_schema, prepare, read_table
from netwright.networks import MLPConfig, build
from netwright.training.inference import Model
from netwright.training.parts import inputs_of
from netwright.training.predict import predict_logits
from netwright.training.recipe import Recipe

ROWS = 300
BENT = MLPConfig(hidden_sizes=(24, 16), activation="gelu", normalization="layer", dropout=0.0)


def mixed_table(classes=("no", "yes"), seed=3):
    rng = np.random.default_rng(seed)
    half = [None if at % 7 == 0 else float(value) for at, value in enumerate(rng.normal(size=ROWS))]
    columns = {
        "size": rng.normal(size=ROWS) * 4 + 10,
        "count": rng.integers(0, 40, ROWS),
        "gaps": half,
        "few": rng.choice(["a", "b", "c"], ROWS),
        "many": rng.choice([f"town {at}" for at in range(14)], ROWS),
        "flag": rng.choice(["yes", "no"], ROWS),
        "when": [datetime(2020, 1, 1) + timedelta(hours=7 * int(at)) for at in rng.permutation(ROWS)],
    }
    return pl.DataFrame(columns | {"y": rng.choice(classes, ROWS) if classes else rng.normal(size=ROWS)})


def model_of(frame, config=BENT, preparation=None, seed=1, scale=3.0):
    """Return a model that learnt nothing but answers every row otherwise, and its table."""
    schema, table = infer_schema(read_table(frame), SchemaRequest(target="y"))
    fitted = fit_preparation(table, schema, np.arange(table.frame.height), preparation or PreparationConfig())
    module = build("mlp", config, fitted.spec, seed).eval()
    model = Model(module, schema, fitted, Recipe(network=config), Calibration())
    with torch.no_grad():
        said = predict_logits(module, inputs_of(prepare(table, schema, fitted, with_target=False)))
        module.output.weight *= scale / said.std(dim=0).clamp(min=1e-6)[:, None]
        module.output.bias -= module.output.bias.clone()
        said = predict_logits(module, inputs_of(prepare(table, schema, fitted, with_target=False)))
        module.output.bias -= said.mean(dim=0)
    return model, table


def deaf_to(model, column):
    """Take what a column wrote away from the first layer."""
    from netwright.explanation.players import players_of
    from netwright.explanation.shapley.reader import _behind, owners_of

    players = players_of(model.preparation)
    number = [player.name for player in players].index(column)
    empty = (torch.zeros(1, model.preparation.spec.numeric), torch.zeros(1, len(model.preparation.categorical_names)))
    owners = _behind(model.module, owners_of(empty, players))
    with torch.no_grad():
        model.module.hidden[0].weight[:, owners == number] = 0.0
    return model
