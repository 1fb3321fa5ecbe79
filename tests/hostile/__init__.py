"""Ordinary clients beside hostile ones: the command behind tools/hostile-load, and what it is made of."""
