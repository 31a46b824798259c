"""Candidates from Qdrant: the engine for size."""
