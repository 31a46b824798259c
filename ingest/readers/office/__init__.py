"""Word, OpenDocument, presentations, spreadsheets and rows of values."""
