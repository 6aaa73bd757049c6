"""Which of torch's functions is of which kind. A function that is not named here is "other"."""

from netwright.diagnosis.case import OpKind

_NAMES: dict[OpKind, str] = {
    "linear": "linear bilinear matmul mm addmm bmm baddbmm einsum tensordot mv inner",
    "convolution": "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution",
    "recurrent": "lstm gru rnn_tanh rnn_relu lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell",
    "attention": "multi_head_attention_forward scaled_dot_product_attention",
    "embedding": "embedding embedding_bag",
    "activation": "relu relu6 leaky_relu prelu rrelu elu selu celu gelu silu mish hardtanh hardswish hardsigmoid "
    "sigmoid tanh softplus softsign tanhshrink softshrink hardshrink threshold logsigmoid glu sin cos erf "
    "expit clamp_min",
    "softmax": "softmax log_softmax softmin gumbel_softmax",
    "normalization": "batch_norm layer_norm group_norm instance_norm rms_norm local_response_norm normalize",
    "dropout": "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout feature_dropout",
    "pooling": "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d "
    "adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d lp_pool1d "
    "lp_pool2d max_pool1d_with_indices max_pool2d_with_indices max_pool3d_with_indices",
    "add": "add sub rsub",
    "loss": "cross_entropy nll_loss nll_loss2d binary_cross_entropy binary_cross_entropy_with_logits mse_loss l1_loss "
    "smooth_l1_loss huber_loss kl_div hinge_embedding_loss margin_ranking_loss soft_margin_loss multi_margin_loss "
    "multilabel_margin_loss multilabel_soft_margin_loss cosine_embedding_loss triplet_margin_loss poisson_nll_loss "
    "gaussian_nll_loss ctc_loss triplet_margin_with_distance_loss",
}
KINDS: dict[str, OpKind] = {name: kind for kind, names in _NAMES.items() for name in names.split()}
SYNONYMS = {"clip": "clamp", "expit": "sigmoid", "swish": "silu", "true_divide": "div", "truediv": "div"}

# Their result is the same values in another shape, type or place.
_SAME = (
    "view view_as reshape reshape_as flatten unflatten squeeze unsqueeze permute transpose swapaxes swapdims t "
    "contiguous to float double half bfloat16 type type_as clone detach alias expand expand_as narrow select "
    "chunk split tensor_split unbind movedim moveaxis cpu cuda requires_grad_ pad repeat flip roll "
    "pack_padded_sequence pad_packed_sequence long int bool rot90 ravel atleast_2d atleast_1d get getitem"
)
SAME = frozenset(_SAME.split())
WITH_WEIGHTS = ("linear", "convolution", "recurrent", "attention", "embedding")


def plain_name(name: str) -> str:
    """Return a function's name without what says in place, reflected or private: __iadd__ and add_ are add."""
    bare = name.strip("_")
    if name.startswith("__") and bare[:1] in "ir" and bare[1:] in _OPERATORS:
        bare = bare[1:]
    return SYNONYMS.get(bare, bare)


_OPERATORS = ("add", "sub", "mul", "div", "truediv", "matmul", "pow", "floordiv", "mod", "and", "or", "xor")
