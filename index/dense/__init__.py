"""Nearest vectors: written, opened and asked through FAISS."""
