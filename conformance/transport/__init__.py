"""HTTP/1.1 as the probes need it: request targets left untouched, bodies streamed and broken at will, all recorded."""
