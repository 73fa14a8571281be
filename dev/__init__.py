"""Development: the local stack, the demo and generators."""
