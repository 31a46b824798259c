"""The Discord surface: slash commands, mentions, direct messages and buttons that render Answers.

The only files that import discord.py stand here. ``runner.run_bot`` is the way in; ``health.GatewayHealth`` is read by the HTTP side.
"""
