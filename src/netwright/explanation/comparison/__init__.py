"""Shallow against deep on the user's own data: the textbook's table, measured.

`comparing` trains shallow models and networks of growing depth on the same rows, read in the same two ways (`views`),
and measures them on the same test rows; `forecasts` does so for series that go on. `claims` and `recommending` say what
the numbers mean, and know nothing of how they came about.
"""
