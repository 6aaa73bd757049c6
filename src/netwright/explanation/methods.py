"""The ways to explain a single answer, by name."""

METHODS: dict[str, str] = {
    "integrated gradients": "how the evidence grows with each number, added up on the way from a reference to the row",
    "gradient shap": "the same at points drawn at random on the ways from many references, with 95% intervals",
    "shapley": "the mean change of the evidence when a part joins others, over all orders in which parts can come",
    "occlusion": "how much evidence is lost when a part alone is taken out",
    "saliency": "how steeply the evidence changes with what was read",
    "smoothgrad": "saliency, averaged over copies of the row with a little noise",
    "grad-cam": "where the last maps of a convolutional network speak for the class",
    "attention rollout": "where a transformer's text attention leads from its last block back to the words",
}
ADDING_UP = ("integrated gradients", "gradient shap", "shapley")  # whose amounts sum to output less reference
