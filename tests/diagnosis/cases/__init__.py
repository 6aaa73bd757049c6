"""The battery's table: for each illness cases in which it is planted, each beside its healthy twin. A file a family."""
