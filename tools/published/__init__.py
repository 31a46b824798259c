"""Localism: answers questions about localism in England with passages quoted word for word, or says that it found nothing."""
