"""Jobs: taken on by the reception, begun in turn by the dispatcher, done in worker processes."""
