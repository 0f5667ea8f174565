"""The demo: two deployments of real segmentation programs, which use Vedette as anybody would, through its SDK."""
