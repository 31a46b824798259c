"""Where files are uploaded: the one address whose bodies are longer than any other's.

Comes in: nothing. Goes out: the address. Refuses to know what becomes of a file.
"""

API = "/api/admin"
UPLOADS = f"{API}/documents"
