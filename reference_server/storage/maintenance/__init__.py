"""What an operator asks for beside the service: content compared with its records, mended, and copied."""
