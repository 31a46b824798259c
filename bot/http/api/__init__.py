"""The JSON surface: one file a group of routes, and the shapes that cross it."""
