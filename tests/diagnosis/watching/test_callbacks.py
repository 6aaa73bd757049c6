"""Three lines watch a training of Lightning's, Hugging Face's and skorch's."""

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from tests.diagnosis.watching.small import mlp, rows


def is_told(doctor, steps):
    case = doctor.case()
    assert case.optimizing.steps == steps
    assert case.optimizing.kept_gradients == 0
    assert case.objective.loss == "cross_entropy"
    assert case.network.missing == ()
    assert [op.kind for op in case.network.weights] == ["linear", "linear"]
    assert all(ratio is not None and ratio > 0 for ratio in case.steps[0].layers.update_ratio)
    assert case.steps[-1].loss < case.steps[0].loss
    assert not torch.overrides._get_current_function_mode_stack()
    return case


def test_lightning(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Lightning's own
        lightning = pytest.importorskip("lightning.pytorch")
        from netwright.diagnosis.watching.lightning import WatchCallback

        class Module(lightning.LightningModule):
            def __init__(self):
                super().__init__()
                self.net, self.criterion = mlp(3), nn.CrossEntropyLoss()

            def training_step(self, batch):
                return self.criterion(self.net(batch[0]), batch[1])

            def validation_step(self, batch):
                self.log("loss", self.criterion(self.net(batch[0]), batch[1]))

            def configure_optimizers(self):
                return torch.optim.Adam(self.parameters(), lr=0.01)

        watching, loader = WatchCallback(), DataLoader(TensorDataset(*rows("classes")), 32, shuffle=True)
        trainer = lightning.Trainer(
            max_epochs=4, callbacks=[watching], accelerator="cpu", logger=False, default_root_dir=tmp_path,
            enable_progress_bar=False, enable_checkpointing=False, enable_model_summary=False,
        )  # fmt: skip
        trainer.fit(Module(), loader, DataLoader(TensorDataset(*rows("classes", 1)), 32))
    case = is_told(watching.doctor, 12)
    assert (case.optimizing.steps_per_epoch, len(case.epochs)) == (3, 4)
    assert case.epochs[-1].validation_loss is not None
    assert watching.doctor.material.usable


def test_skorch():
    skorch = pytest.importorskip("skorch")
    from netwright.diagnosis.watching.skorch import WatchCallback

    x, y = rows("classes")
    watching = WatchCallback()
    net = skorch.NeuralNetClassifier(
        mlp(3), criterion=nn.CrossEntropyLoss, optimizer=torch.optim.Adam, lr=0.01, max_epochs=4, batch_size=32,
        train_split=None, callbacks=[watching], verbose=0,
    )  # fmt: skip
    net.fit(x.numpy(), y.numpy())
    is_told(watching.doctor, 12)


def test_hugging_face(tmp_path):
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    from netwright.diagnosis.watching.huggingface import WatchCallback

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = mlp(3)

        def forward(self, rows, labels=None):
            logits = self.net(rows)
            loss = functional.cross_entropy(logits, labels)
            return {"loss": loss, "logits": logits}

    x, y = rows("classes")
    watching = WatchCallback()
    arguments = transformers.TrainingArguments(
        output_dir=str(tmp_path), num_train_epochs=4, per_device_train_batch_size=32, learning_rate=0.01,
        report_to=[], save_strategy="no", use_cpu=True, disable_tqdm=True, logging_strategy="no",
        dataloader_pin_memory=False,
    )  # fmt: skip
    data = [{"rows": row, "labels": label} for row, label in zip(x, y, strict=True)]
    transformers.Trainer(Net(), arguments, train_dataset=data, callbacks=[watching]).train()
    case = is_told(watching.doctor, 12)
    assert case.optimizing.rates_changed > 0
    assert watching.doctor.material.usable
