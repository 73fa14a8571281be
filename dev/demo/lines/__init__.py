"""The citizens' ends of the four channels, each with a real client of its protocol."""
