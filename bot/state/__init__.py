"""What the server keeps: feedback, questions where the operator wants them, and jobs of the admin page."""
