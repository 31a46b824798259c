"""What programs that speak the Model Context Protocol may ask: search, fetch, and the sources themselves."""
