"""The commands of ``localism-ingest``, one file for each group."""
