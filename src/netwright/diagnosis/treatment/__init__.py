"""From findings to proven fixes: remedies tried on paired seeds, beside random changes of equal budget.

`course` is how a treatment goes, whatever is treated; `remedies` and `controls` name changes, of findings and chance;
`patient` and `programs` carry them out, on runs and on PyTorch programs; `judging` and `values` know only scores.
"""
