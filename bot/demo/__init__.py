"""One whole conversation with the real bot, on this machine alone.

A newcomer greets the bot, sends a clip, reads and hears the answer and asks for the history. Only
Telegram is missing, whose place the Bot API on loopback takes.
"""
