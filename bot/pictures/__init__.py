"""Pictures of PDF pages with a quote drawn on them."""
