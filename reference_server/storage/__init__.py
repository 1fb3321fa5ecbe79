"""The storage service: metadata in SQLite, content on a volume, served over gRPC. It alone decides who may do what."""
