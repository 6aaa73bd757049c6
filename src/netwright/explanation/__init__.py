"""What a prediction rests on.

Takes a trained module and a batch. Hands on attributions.
Does not know diagnosis, search, compression, federation, nor how an attribution is drawn.
"""
