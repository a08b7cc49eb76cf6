"""Files that people send: one way in, one way to keep them, one way out.

What comes in is judged by its content, in a process that can open nothing (`process`, `child`); pictures are
drawn anew without what a phone writes into them; what is kept is sealed and served as a download only.
"""
