"""From findings to proven fixes: remedies tried on paired seeds, beside random changes of equal budget.

`judging` and `values` know only scores; `controls` draws random changes; `programs` treats PyTorch programs.
"""
