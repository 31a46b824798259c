"""Online: a question in, an answer out, on Discord, over HTTP, in a page and in a terminal. Stands on ``index`` alone."""
