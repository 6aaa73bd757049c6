"""Training a module and measuring what came of it.

Takes a module, batches and a training config. Hands on the trained module, step and epoch records, a run directory.
Does not know diagnosis, explanation or any room after it: observers are plain callables.
"""
