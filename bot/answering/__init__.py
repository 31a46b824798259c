"""A question in, an Answer out, and the words and JSON that every surface shares."""
