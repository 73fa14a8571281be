"""E-mail: LMTP in, a smart host out."""
