"""Offline: a corpus in, a build out. Stands on ``index`` alone."""
