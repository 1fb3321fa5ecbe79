"""The two ways that the bytes of large files take, behind one interface: through gRPC, or on a shared volume."""
