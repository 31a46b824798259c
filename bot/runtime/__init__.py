"""Processes, ports, settings of surfaces and the end of them all."""
