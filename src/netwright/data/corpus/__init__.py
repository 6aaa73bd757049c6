"""Plain text as one long row of characters, its parts in order, and tokenizers learnt from the first of them."""
