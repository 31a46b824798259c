"""Documents, pages and passages of a build in SQLite."""
