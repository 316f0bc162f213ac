"""WeasyPrint, the only way to a PDF, without what it does to everybody else in the process.

Its import tells Pillow to accept images that are cut short. Ours are evidence and attachments: half
an image is refused, whoever printed something before.
"""

from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

ImageFile.LOAD_TRUNCATED_IMAGES = False

__all__ = ["CSS", "HTML", "FatalURLFetchingError", "URLFetcher", "URLFetcherResponse"]
