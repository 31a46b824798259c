"""Slash commands: their names, what they do, and how Discord learns of them."""
