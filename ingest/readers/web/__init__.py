"""Web pages, electronic books and Markdown."""
