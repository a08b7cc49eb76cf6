"""Scripts that make the files of the static folder; nothing at run time needs them."""
