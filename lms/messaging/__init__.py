"""Notices in the app, and mails that say nothing but that one of them waits.

Owns notices and optional mail addresses. Neither a notice nor a mail carries anything that a person wrote:
a notice knows its kind and the addresses of pages, a mail not even that.
"""
