"""Words, sentences and passages: how a text is cut. Knows no vectors and no files."""
