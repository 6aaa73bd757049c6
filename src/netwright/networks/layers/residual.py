"""Skip connections: y = shortcut(x) + block(x), so that a gradient reaches early layers unchanged."""

from jaxtyping import Float
from torch import Tensor, nn


class Residual(nn.Module):
    """Add a block's input to its output, through a linear map where the two widths differ.

    Source: He, Zhang, Ren, Sun, Deep residual learning for image recognition, 2016 (shortcut B).
    """

    def __init__(self, block: nn.Module, width_in: int, width_out: int) -> None:
        super().__init__()
        self.block = block
        self.shortcut: nn.Module = nn.Identity()
        if width_in != width_out:
            self.shortcut = nn.Linear(width_in, width_out, bias=False, device="meta").to_empty(device="cpu")

    def forward(self, x: Float[Tensor, "batch width_in"]) -> Float[Tensor, "batch width_out"]:
        y: Tensor = self.shortcut(x) + self.block(x)
        return y
