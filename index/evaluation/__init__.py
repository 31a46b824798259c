"""Golden questions, labelled sets and the measures of both."""
