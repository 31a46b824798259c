"""A corpus that several machines read: shared out in shards, and joined into one build."""
