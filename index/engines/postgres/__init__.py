"""Candidates from PostgreSQL with pgvector, one or several nodes of it."""
