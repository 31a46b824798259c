"""What earlier runs and builds have made already."""
