"""Pictures of PDF pages. pypdfium2 is imported where it is used: only workers draw."""

import io


def first_page_png(pdf: bytes, *, width: int) -> bytes:
    """The first page of a PDF of ours as a PNG of so many pixels across. The same PDF gives the same bytes."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        picture = page.render(scale=width / page.get_width()).to_pil()
    finally:
        document.close()
    kept = io.BytesIO()
    picture.convert("RGB").save(kept, "PNG", optimize=True)
    return kept.getvalue()
