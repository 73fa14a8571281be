"""The rules of citizens, conversations, messages and cases: pure Python."""
