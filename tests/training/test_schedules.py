from netwright.training.config import TrainingConfig
from netwright.training.schedules import Plateau, after_epoch


def test_plateau_drops_after_patience_and_starts_counting_anew():
    config = TrainingConfig(schedule="plateau", plateau_patience=2, plateau_factor=0.5)
    plateau, factors = Plateau(), []
    for loss in (1.0, 0.9, 0.95, 0.95, 0.95, 0.95, 0.8, 0.9, 0.9):
        plateau = after_epoch(plateau, loss, config)
        factors.append(plateau.factor)
    assert factors == [1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]
