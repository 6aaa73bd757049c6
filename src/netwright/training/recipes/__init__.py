"""Named recipes: each module has `choices(task, train_rows)`, which returns settings by dotted name, with reasons."""
