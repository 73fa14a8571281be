"""Whether the platform kept its promises, judged from what its databases hold (reliability 6)."""
