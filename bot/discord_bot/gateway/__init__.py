"""The connection to Discord: who holds it, what it listens to, and what was said while nobody held it."""
