"""Time series that each are one row: .ts files, wide tables with a value a column, arrays. One file per source."""
