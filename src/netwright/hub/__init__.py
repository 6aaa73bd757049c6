"""Lessons, questions and graded answers made from runs.

Takes run directories and the catalogue. Hands on lessons and graded answers.
Does not know torch; starts jobs as subprocesses. Does not know the web. Empty so far.
"""
