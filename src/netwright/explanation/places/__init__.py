"""How much all answers rest on the places within what is read: blocks of images, stretches of time, words.

A file for each kind of data, all to one idea: a place is dealt out among the rows anew, or a word is erased, and what
the answers lose is told with its 95% interval, as a table of `core.explanations.ImportanceTable`. How many rows are
asked follows from the sizes of rows and network (extent.py), never from a clock: the same rows give the same table.
"""
