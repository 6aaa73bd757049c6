"""What `training.py` measures. One file each, of one shape: `measure(quick) -> Iterator[Row]`."""
