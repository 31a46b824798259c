"""Token vectors of passages, and how near each word of a question comes to them."""
