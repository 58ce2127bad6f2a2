"""Celery: the app, the relay and the beat schedule. No business word lives here.

The broker is only a wake-up call: a message says *drain this queue*, and the worker claims what is
due in the database. A lost message costs a sweep's wait, never a promise.
"""
