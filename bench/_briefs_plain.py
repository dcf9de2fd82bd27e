"""Plain WeasyPrint, to compare with: a document from standard input, its PDF to standard output, unbounded."""

import base64
import json
import sys
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

GIVEN: dict[str, Any] = json.loads(sys.stdin.buffer.read())


class Fetcher(URLFetcher):
    """Hands out what came along."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        mime, content = GIVEN["assets"][url.removeprefix("asset:")]
        return URLFetcherResponse(url, body=base64.b64decode(content), headers={"Content-Type": mime})


fonts = FontConfiguration()
styles = [weasyprint.CSS(url=f"asset:{name}", url_fetcher=Fetcher(), font_config=fonts) for name in GIVEN["stylesheets"]]
page = weasyprint.HTML(string=GIVEN["html"], base_url="asset:", url_fetcher=Fetcher())
sys.stdout.buffer.write(page.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant=GIVEN["variants"][0]))
