"""The contract between ingest and bot: what a passage is, how a build is stored, opened and searched."""
