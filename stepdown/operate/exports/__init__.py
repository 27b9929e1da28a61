"""Files of an export: each is written in a stream, digested on the way, and whole or not there."""
