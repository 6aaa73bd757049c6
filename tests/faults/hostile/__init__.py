"""Files that were made to do harm, each with the harm that it does to a reader that believes it.

One file of cases for each kind of file. A case plants something on a desk, calls what a user calls, and says which
words the answer must hold; its control lets the file loose on an unguarded reader, and fails where nothing happens.
"""
