"""What channels needs of the bus beside events."""
