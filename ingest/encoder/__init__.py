"""The embedding model of a run, full or light."""
