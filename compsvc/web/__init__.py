"""Pages: forms that work without JavaScript and answer with a picture and its numbers."""
