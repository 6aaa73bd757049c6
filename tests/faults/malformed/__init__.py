"""Tables that are malformed or odd, one file a kind of fault; each module holds CASES. `checking` says what must hold."""
