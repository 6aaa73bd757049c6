"""What `benchmarks/explain.py` measures, a part each."""
