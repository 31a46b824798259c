"""Where the candidates of a question come from: the files of a build, or an engine that several machines share."""
