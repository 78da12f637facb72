"""The edges a person touches: the Telegram chat and the command line."""
