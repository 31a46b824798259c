"""What the operator may see and change, with the token only."""
