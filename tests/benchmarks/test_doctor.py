"""The doctor's patients are as they are described: Keras's losses, a third held out, sound ones that are sound."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
ASKED = """
import json, sys
sys.path.insert(0, sys.argv[1])
import torch
from patients import clean, planted
from patients.failing import FAILING, keras
from patients.visit import held_out
from netwright.diagnosis.programs import train_program

one, half = torch.ones(4, 1), torch.tensor([[0.0], [1.0], [0.0], [1.0]])
odd = torch.tensor([[2.0, 2.0]])
few = {name: patient.make().but(most_steps=3) for name, patient in FAILING.items()}
print(json.dumps({
    "constant": float(keras.binary_crossentropy(one, half)),
    "single": float(keras.categorical_crossentropy(one, one)),
    "divided": float(keras.categorical_crossentropy(odd, torch.tensor([[1.0, 0.0]]))),
    "decayed": keras.decay(0.5)(2),
    "share": sum(held_out(number) for number in range(3000)) / 3000,
    "again": held_out("a", 1) == held_out("a", 1),
    "steps": {name: train_program(program, 0).steps for name, program in few.items()},
    "clean": sum(1 for _ in clean.sound(12)),
    "planted": len({fault.name for fault, *_ in planted.planted(5)}),
}))
"""


@pytest.fixture(scope="module")
def answers():
    result = subprocess.run(
        [sys.executable, "-c", ASKED, str(FOLDER)], capture_output=True, text=True, check=False, timeout=300
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_losses_are_those_of_keras(answers):
    assert answers["constant"] == pytest.approx(8.0, abs=0.1)  # half of 16.1: outputs clipped at 1e-7
    assert answers["single"] == pytest.approx(0.0, abs=1e-6)
    assert answers["divided"] == pytest.approx(0.6931, abs=1e-4)
    assert answers["decayed"] == 0.5


def test_a_third_is_held_out_and_always_the_same(answers):
    assert 0.3 < answers["share"] < 0.37
    assert answers["again"]


def test_every_failing_program_trains(answers):
    assert len(answers["steps"]) == 9
    assert all(steps == 3 for steps in answers["steps"].values())


def test_the_quick_part_has_some_of_each(answers):
    assert answers["clean"] >= 10
    assert answers["planted"] >= 10
