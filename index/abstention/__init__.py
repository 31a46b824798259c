"""How sure an answer is, and what is known not to be held."""
