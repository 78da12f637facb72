"""What a lifter can say to the bot: one module a subject, each handing its handlers to the app.

A class gets what it needs when it is made and has ``handlers()``; its methods answer updates.
"""
