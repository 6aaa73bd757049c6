"""The words all rooms share.

Takes nothing. Hands on errors, frozen values, seeds, devices, progress and safe file writing.
Does not know torch at import time, nor any other room.
"""
