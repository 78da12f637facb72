"""Teaching a YOLO pose network what COCO's pictures did not: lifters who lie down."""
