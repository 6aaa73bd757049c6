"""From records to findings: what is wrong with a training, with evidence, and what would mend it.

Takes step and epoch records, and a module if there is one. Hands on findings and remedies.
Does not know explanation, search, compression, federation, nor how a run is served or drawn. Empty so far.
"""
