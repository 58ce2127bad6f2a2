"""What the tool needs from outside, as Protocols and value types of our own.

One remote request per call: the outbox keeps one promise with one request (decision 19).
"""
