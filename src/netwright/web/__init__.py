"""The local web application.

Takes the hub. Hands on pages.
Does not know torch, nor the command line. Empty so far.
"""
