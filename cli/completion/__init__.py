"""Completion of command lines: what can stand at the cursor, and how bash, zsh and fish ask for it.

It reads the commands, the scenario file that is named, and folders; it loads no engine and says nothing of what is
wrong: whoever presses Tab wants no error message.
"""
