"""Readers: one format each, from a path to pages."""
