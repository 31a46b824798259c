"""Answers, notes and lists as messages of Discord."""
