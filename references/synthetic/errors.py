"""What can go wrong when drawing; light to import for who only wants to catch it."""


class RendererError(RuntimeError):
    """This machine cannot draw: a package or a library is missing."""
