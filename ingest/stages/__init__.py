"""The stages that a document passes, one file each."""
