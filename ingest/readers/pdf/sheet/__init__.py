"""The glyphs of one sheet, each with its place and the letters that it shows."""
