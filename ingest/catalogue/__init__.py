"""What the corpus lists and says about itself."""
