"""What the commands have in common: how words are taken, and how tables are shown."""
