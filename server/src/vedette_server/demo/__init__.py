"""The demo: real segmentation programs that use Vedette as anybody would, through its SDK."""
