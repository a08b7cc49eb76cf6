"""Certificates: the frozen record, its number, the PDF, and the page where a stranger checks it.

Owns the certificate from the learner's choice of name and language to withdrawal and reissue. The printed name
lives only in the PDF: the database keeps a keyed commitment. Never lists holders, never logs who looked.
"""
