"""The gRPC services: they translate messages, and leave every decision to the services beside them."""
