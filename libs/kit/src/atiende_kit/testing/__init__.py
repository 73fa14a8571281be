"""Test support: real servers, fakes and markers."""
