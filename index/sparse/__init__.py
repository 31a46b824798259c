"""Words: BM25 and the mending of typing errors."""
