"""The golden questions, asked of the old build and of the new one before a switch."""
