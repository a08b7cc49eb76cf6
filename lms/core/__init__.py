"""What every room stands on and none of them owns: data, time, jobs, events, sealing, policy, language.

Knows no room. Nothing here renders a page.
"""
