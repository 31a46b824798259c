"""Texts as vectors: the full model, the light one, and how the light one is made. Refuses to know what is searched."""
