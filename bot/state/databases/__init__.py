"""Where what an installation keeps lies: in files of one machine, or in a database that several machines share."""
