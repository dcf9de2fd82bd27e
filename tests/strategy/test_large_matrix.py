"""A response matrix with thousands of rows comes back: the database is asked by batches, never by row."""

from math import ceil

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench._strategy_matrix import filled
from strategy.models import Comment, Disposition
from strategy.services.matrix import apply_matrix, matrix_file, read_matrix
from tests.factories.strategy import submitted_comment
from tests.strategy.test_response_matrix import SimpleUploadedFile

pytestmark = pytest.mark.django_db
FEW, MANY = 20, 1200


def comments(scene, number):
    """So many submitted comments in the round."""
    first = submitted_comment(scene.round, "undp", paragraph=scene.paragraph("1"), text="Comment 0")
    Comment.objects.bulk_create(
        Comment(
            round=first.round,
            paragraph=first.paragraph,
            organization=first.organization,
            author=first.author,
            text=f"Comment {place}",
            state=first.state,
            visibility=first.visibility,
        )
        for place in range(1, number)
    )


def back(scene):
    """The queries of reading and of applying a workbook with an answer in every row, and how many answers it gave."""
    content = filled(matrix_file(scene.cast.drafter, scene.round, "xlsx", lambda _done, _total: None))
    with CaptureQueriesContext(connection) as reading:
        upload = SimpleUploadedFile("matrix.xlsx", content)
        record = read_matrix(consultation=scene.round, upload=upload, by=scene.cast.drafter)
    with CaptureQueriesContext(connection) as applying:
        applied = apply_matrix(record=record, by=scene.cast.drafter)
    return len(reading), len(applying), applied


@pytest.mark.parametrize("number", [FEW, MANY])
def test_thousands_of_rows_are_read_in_as_many_queries_as_a_few_and_written_by_batches(scene, number):
    comments(scene, number)
    assert back(scene) == (9, 11 + ceil(number / 1000), number)
    assert Disposition.objects.filter(decision="noted").count() == number
    # The second time each answer is changed, in batches of five hundred.
    Disposition.objects.update(decision="out_of_scope")
    assert back(scene) == (9, 11 + ceil(number / 500), number)
