"""Tables: files of any format, frames and arrays. Take a source and `ReadOptions`, hand on a `Table`."""
