"""Malformed and odd tables, one file a kind of fault, each with its CASES; `checking` says what must hold."""
