"""A comparison made by hand: two sides, two sizes, a model without raw columns and one that was cut short."""

from netwright.core.comparison import Audit, Claim, Comparison, Contestant, Cost, CurvePoint, Recommendation
from netwright.core.evidence import Measure


def contestant(name, side="shallow", value=0.8, **known):
    measure = Measure(value, value - 0.02, value + 0.02)
    cost = Cost(known.pop("seconds", 0.5), 2_000_000, 4096, 0.0001, 0.002, 1000)
    values = {
        "what": "as it comes",
        "depth": None,
        "validation": value,
        "measure": measure,
        "behind": Measure(0.9 - value, 0.88 - value, 0.92 - value),
        "alike": value > 0.88,
        "cost": cost,
        "audit": Audit(1000, 27, Measure(0.91, 0.9, 0.92)),
        "curve": (CurvePoint(50, Measure(value - 0.1, 0.5, 0.9), 0.1), CurvePoint(800, measure, 0.5)),
        "raw": Measure(value - 0.05, 0.6, 0.8),
        "engineering": Measure(0.05, 0.01, 0.09),
    }
    return Contestant(name=name, side=side, **(values | known))


def comparison(**known):
    models = (
        contestant("linear <model>", value=0.8),
        contestant("decision tree", value=0.89, seconds=0.01),
        contestant("network with 2 hidden layers", "deep", 0.9, depth=2, seconds=3.0, note="9 of 20 epochs"),
        contestant("network of fit", "deep", 0.9, raw=None, engineering=None, audit=None, seconds=9.0),
    )
    claim = Claim("capacity", "struggle", "compose", "confirmed", "it is +0.1 better", "confirmed where it is better")
    against = Claim("resources", "train quickly", "need clusters", "not confirmed", "it took less", "where longer")
    values = {
        "name": "flowers",
        "source": "flowers.csv",
        "reads": "table",
        "task": "binary",
        "target": "species",
        "created": "2026-11-28T00:00:00+00:00",
        "headline": "accuracy",
        "higher_is_better": True,
        "rows": {"train": 800, "validation": 100, "test": 200},
        "engineered": "scaled",
        "raw": "as they are",
        "fidelity": "share that agrees",
        "contestants": models,
        "claims": (claim, against),
        "recommendation": Recommendation("decision tree", "Take the decision tree.", "It is as good.", "By rank."),
        "limits": ("800 of 9,000 rows to learn from",),
        "notes": ("trained once",),
        "seconds": 61.0,
        "processor_seconds": 99.0,
        "environment": {"python": "3.11"},
    }
    return Comparison(**(values | known))
