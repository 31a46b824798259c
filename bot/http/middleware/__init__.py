"""What every request passes before a route sees it, and every response after."""
