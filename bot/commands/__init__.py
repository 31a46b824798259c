"""The commands of ``localism``: each declares its name, its help and what it does, and brings in what it needs when it runs."""
