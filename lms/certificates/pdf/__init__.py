"""The certificate as a file: a record goes in, PDF bytes come out, in a process of its own.

Knows neither Flask nor the database. `process` is what the job worker uses; `render` alone imports WeasyPrint and
runs in the child only. The same record and template give the same bytes.
"""
