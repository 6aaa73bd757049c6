"""The command line, one file per command.

Takes argv. Hands on a call of the Python face, and prints what came back.
Does not know how anything is computed.
"""

import time

STARTED = time.monotonic()  # a budget counts from here, the first line of the command
