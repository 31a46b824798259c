"""The stages that a document passes, one file each: read, describe, deduplicate, split, embed."""
