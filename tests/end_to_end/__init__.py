"""The whole product as its users run it: the programs as processes, real clients, real sizes."""
