"""The HTTP surface: the page, the API, health and pictures.

The only room that knows FastAPI. It renders Answers and makes none.
"""
