"""The operator's door: tokens, sessions, who sent a request, and wrong tries."""
