import pytest
import torch
from torch import nn

from netwright.core.errors import RecipeError
from netwright.networks.layers.activations import activation_name, make_activation


def test_a_user_s_function_works_and_has_a_name():
    x = torch.randn(3, 4)
    assert torch.equal(make_activation(torch.sin)(x), torch.sin(x))
    assert activation_name(torch.sin) == "sin"
    assert activation_name("relu") == "relu"
    assert activation_name(nn.Hardswish()) == "Hardswish"


def test_a_user_s_module_is_copied_so_that_slopes_are_not_shared():
    own = nn.PReLU()
    assert make_activation(own).weight is not own.weight


def test_a_wrong_name_is_refused_with_the_nearest():
    with pytest.raises(RecipeError, match="did you mean 'softplus'"):
        make_activation("sofplus")
