"""A build: written, opened, verified, listed, watched and moved."""
