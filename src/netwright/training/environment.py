"""What a run depended on, so that a difference between two machines can be seen."""

import importlib.metadata
import os
import platform

PACKAGES = ("torch", "numpy", "polars", "scikit-learn", "safetensors")


def describe_environment() -> dict[str, str]:
    """Return versions, processor and thread count as text."""
    import torch

    return {
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "threads": str(torch.get_num_threads()),
        **({"gpu": f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}"} if torch.cuda.is_available() else {}),
    }
