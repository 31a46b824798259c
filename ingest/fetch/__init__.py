"""Originals from the addresses of the catalogue."""
