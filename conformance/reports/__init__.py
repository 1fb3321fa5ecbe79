"""The reports: each made from results.json alone, none knowing another."""
