"""Read PDF files: text and places from pdfium, structure from pypdf, everything between computed here."""
