"""The shell of every page: headers, navigation, components, forms, error pages, static files.

Knows no other room; rooms hang their navigation and cards into the registries of `core.room`.
"""
