"""What the bot remembers: of a card, a conversation, a server, and of its connection."""
