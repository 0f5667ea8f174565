"""Pure functions on pictures and shapes: headers, decoding, image quality, masks, doubtful geometry."""
