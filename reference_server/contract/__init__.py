"""What the front end and the storage both know of the contract between them, and nothing else."""
