"""Tests of the services, called over gRPC."""
