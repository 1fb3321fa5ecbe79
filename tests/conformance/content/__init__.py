"""Tests of generated contents."""
