"""What registration keeps of a person is taken along, and goes with them."""

from typing import Any

import pytest

from directory.models import StoredFile
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Registration, RegistrationEdit, RegistrationImport, RequiredDocument
from meetings.selectors import data_of_person
from meetings.services.edits import edit_registration
from meetings.services.files import hand_in
from meetings.services.personal import files_of_person
from meetings.services.registration_import import read_registrations
from ssc_portal.person import erase
from tests.conftest import Cast
from tests.factories.meetings import registrant

PDF = b"%PDF-1.4 of one person\n%%EOF\n"


@pytest.fixture
def row(academia: CategoryQuota) -> Registration:
    letter = RequiredDocument.objects.create(quota=academia, title_en="Letter")
    made = registrant(academia.meeting, state=S.APPROVED, given_name="Zebulonia", family_name="Quxthorpe")
    hand_in(registration=made, document=letter, content=PDF, name="Quxthorpe.pdf", by=made.user)
    edit_registration(registration=made, by=made.user, family_name="Quxthorpe-Diallo", function="Dean")
    return made


def test_files_and_changes_are_taken_along(row: Registration) -> None:
    data = data_of_person(row.user)[0]
    assert [(one["name"], one["for"]) for one in data["files"]] == [("Quxthorpe.pdf", "Letter")]
    assert sorted(one["state"] for one in data["changes"]) == ["made", "proposed"]
    assert PDF in files_of_person(row.user).values()


def test_files_changes_and_rows_of_imports_go_with_the_person(row: Registration, academia: CategoryQuota, cast: Cast) -> None:
    content = f"given_name,family_name,email,category,affiliation\nZebulonia,Quxthorpe,{row.email},academia,X\n".encode()
    read_registrations(meeting=academia.meeting, content=content, file_name="Zebulonia Quxthorpe.csv", by=cast.secretariat)
    erase(user=row.user, by=row.user)
    assert (row.files.count(), StoredFile.objects.count()) == (0, 0)
    left: list[Any] = [*RegistrationEdit.objects.values_list("before", "after", "note")]
    left += [*RegistrationImport.objects.values_list("rows", "file_name")]
    assert "Quxthorpe" not in str(left)
    assert Registration.objects.get(pk=row.pk).state == S.CANCELLED
