"""Organizations: the list, writing one, and a spreadsheet that is read, looked at and imported whole or not at all."""

import contextlib
import csv
import io
import threading
import time
import zipfile
from collections.abc import Iterable
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.access import Refused
from directory.models import Organization, OrganizationImport, PageVersion
from directory.services import organization_files
from directory.services.organization_files import read_sheet
from directory.services.organization_import import _in_circles, apply_import, check_again, in_words, read_import
from directory.services.organizations import COLUMNS, save_organization
from tests.factories.directory import CategoryFactory, CountryFactory, OrganizationFactory, person

pytestmark = pytest.mark.django_db

HEADER = ["code", "acronym", "name_en", "name_fr", "category", "country", "parent"]
GOOD = ["ocean-fund", "OF", "Ocean Fund", "Fonds océan", "un-entity", "WS", ""]


def as_csv(*rows: Iterable[Any], header: list[str] = HEADER, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([header, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(*rows: Iterable[Any], header: list[str] = HEADER) -> bytes:
    book = openpyxl.Workbook()
    for row in [header, *rows]:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(**values: str) -> list[str]:
    return [values.get(name, good) for name, good in zip(HEADER, GOOD, strict=True)]


@pytest.fixture
def vocabulary(cast: Any) -> Any:
    CategoryFactory(code="ngo")
    CountryFactory()
    CountryFactory(iso2="KE", iso3="KEN", m49="404")
    return cast


def read(cast: Any, content: bytes, name: str = "list.csv") -> OrganizationImport:
    return read_import(content=content, file_name=name, by=cast.secretariat)


def errors_of(record: OrganizationImport) -> list[tuple[int, str, str]]:
    return [(entry["row"], error["column"], error["problem"]) for entry in record.rows for error in entry["errors"]]


def refused(cast: Any, content: bytes) -> str:
    with pytest.raises(Refused) as error:
        read(cast, content)
    assert not OrganizationImport.objects.exists()
    return str(error.value)


# --- Reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        as_csv(GOOD),
        as_csv(GOOD, encoding="utf-8-sig"),
        b"\xff\xfe" + as_csv(GOOD, encoding="utf-16-le"),
        b"\xfe\xff" + as_csv(GOOD, encoding="utf-16-be"),
        as_csv(GOOD, delimiter=";"),
        as_csv(GOOD, delimiter="\t"),
        as_csv(GOOD, [], [""] * 7),
        as_csv(GOOD, header=[name.upper().replace("_", " ") for name in HEADER]),
        as_xlsx(GOOD),
    ],
    ids=["utf-8", "mark", "utf-16-le", "utf-16-be", "semicolons", "tabs", "empty rows", "capitals", "xlsx"],
)
def test_file_is_read_whatever_its_shape(vocabulary: Any, content: bytes) -> None:
    record = read(vocabulary, content)
    assert [(entry["action"], entry["values"]["name_fr"]) for entry in record.rows] == [("add", "Fonds océan")]
    assert (record.problems, record.by) == (0, vocabulary.secretariat)


def test_windows_1252_names_row_and_byte_and_what_to_do(vocabulary: Any) -> None:
    words = refused(vocabulary, as_csv(row(name_fr="Fonds"), GOOD, encoding="cp1252"))
    assert "Row 3 is not UTF-8" in words
    assert "0xE9" in words
    assert "CSV UTF-8" in words


@pytest.mark.parametrize("garbled", ["Fonds ocÃ©an", "L’Ã‰cole", "Donâ€™t", "Ø§Ù„ØµÙ†Ø¯ÙˆÙ‚", "Fonds oc\ufffdan"])
def test_garbled_letters_are_named_with_their_row(vocabulary: Any, garbled: str) -> None:
    for content in (as_csv(GOOD, row(name_fr=garbled)), as_xlsx(GOOD, row(name_fr=garbled))):
        words = refused(vocabulary, content)
        assert "Row 3 holds garbled letters" in words


@pytest.mark.parametrize(
    "plain", ["São Tomé", "Ação", "AÇÃO", "Île-de-France", "Müller & Söhne", "صندوق المحيط", "Фонд океана", "海洋基金"]
)
def test_real_letters_are_not_taken_for_garbled_ones(vocabulary: Any, plain: str) -> None:
    assert read(vocabulary, as_csv(row(name_fr=plain))).rows[0]["values"]["name_fr"] == plain


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b" \n \n", "The file is empty"),
        (as_csv(), "no rows below"),
        (as_csv(GOOD, encoding="utf-16-le"), "zero byte"),
        (b"\xff\xfe" + as_csv(GOOD, encoding="utf-16-le")[:-1], "breaks off"),
        (
            b"\xff\xfe" + as_csv(["ocean", "O", "Oc\0ean", "", "un-entity", "", ""], encoding="utf-16-le"),
            "Row 2 holds a zero byte",
        ),
        (as_csv(GOOD, encoding="utf-32"), "Row 1 holds a zero byte"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file"),
        (b"PK\x03\x04" + b"\0" * 200, "damaged"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not a table"),
        (b"%PDF-1.4 plain words", "not a table"),
        (b"\x89PNG\r\n\x1a\n", "not a table"),
        (b"code,name_en,category\n\xe9,x,y\n", "not UTF-8"),
        (as_csv(GOOD, header=[*HEADER[:-1], "colour"]), "Unknown columns: colour"),
        (as_csv(GOOD, header=[*HEADER[:-1], "code"]), "there twice: code"),
        (as_csv(["x"], header=["code"]), "missing: name_en, category"),
        (b'code,name_en,category\n"open,never,closed', "Row 2 cannot be read as CSV"),
        (b'code,name_en,category\na,"b"c,d\n', "Row 2 cannot be read as CSV"),
    ],
)
def test_file_that_cannot_be_read_says_why(vocabulary: Any, content: bytes, words: str) -> None:
    assert words in refused(vocabulary, content)


def test_more_than_five_thousand_rows_are_refused(vocabulary: Any) -> None:
    rows = [[f"fund-{number}", "", f"Fund {number}", "", "ngo", "", ""] for number in range(5001)]
    assert "more than 5,000 rows" in refused(vocabulary, as_csv(*rows))
    assert "more than 5,000 rows" in refused(vocabulary, as_xlsx(*rows))
    began = time.monotonic()
    record = read(vocabulary, as_csv(*rows[:5000]))
    apply_import(record=record, by=vocabulary.secretariat)
    assert Organization.objects.filter(code__startswith="fund-").count() == 5000
    assert time.monotonic() - began < 20


# --- Hostile workbooks -----------------------------------------------------------------------------------------------


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The workbook with parts replaced or added; `_` in a name stands for `/`, the last one for the dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name.replace("__", "/") + ".xml": data for name, data in parts.items()}
        for info in old.infolist():
            if info.filename not in names:
                new.writestr(info, old.read(info))
        for name, data in names.items():
            new.writestr(name, data)
    return out.getvalue()


def test_zip_bomb_is_refused_before_it_is_unpacked(vocabulary: Any) -> None:
    bomb = repacked(as_xlsx(GOOD), xl__bomb=b"0" * (organization_files.LARGEST_UNPACKED + 1))
    assert len(bomb) < 200_000
    began = time.monotonic()
    assert "unpacks to far more" in refused(vocabulary, bomb)
    assert time.monotonic() - began < 1


def test_archive_of_many_parts_or_of_no_workbook_is_refused(vocabulary: Any) -> None:
    assert "unpacks to far more" in refused(vocabulary, repacked(as_xlsx(GOOD), **{f"xl__p{n}": b"<a/>" for n in range(600)}))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert "neither a CSV file nor an Excel workbook" in refused(vocabulary, out.getvalue())


def test_definitions_that_grow_are_refused(vocabulary: Any) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
    for text in (laughs, laughs.decode().encode("utf-16"), b"<!--" + b" " * 9000 + b"-->" + laughs[21:]):
        assert "definitions that no workbook needs" in refused(vocabulary, repacked(as_xlsx(GOOD), xl__sharedStrings=text))


def test_workbook_of_nonsense_is_refused(vocabulary: Any) -> None:
    broken = repacked(as_xlsx(GOOD), xl__workbook=b"<workbook")
    assert "cannot be read" in refused(vocabulary, broken)


def test_sheet_that_claims_a_million_rows_is_refused(vocabulary: Any) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.cell(1_048_576, 1, "far-away")
    out = io.BytesIO()
    book.save(out)
    began = time.monotonic()
    assert "more than 5,000 rows" in refused(vocabulary, out.getvalue())
    assert time.monotonic() - began < 5


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail),
    )
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(Refused):
        read_sheet(content=content)


# --- Checking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "column", "problem"),
    [
        ({"code": ""}, "code", "missing"),
        ({"name_en": ""}, "name_en", "missing"),
        ({"category": ""}, "category", "missing"),
        ({"code": "ocean fund"}, "code", "code"),
        ({"code": "océan"}, "code", "code"),
        ({"code": "import"}, "code", "reserved"),
        ({"code": "x" * 51}, "code", "long"),
        ({"acronym": "A" * 31}, "acronym", "long"),
        ({"name_fr": "N" * 251}, "name_fr", "long"),
        ({"name_en": "Ocean\nFund"}, "name_en", "control"),
        ({"name_en": "Ocean\u202eFund"}, "name_en", "control"),
        ({"category": "agency"}, "category", "category"),
        ({"country": "XX"}, "country", "country"),
        ({"parent": "nobody"}, "parent", "parent"),
        ({"parent": "ocean-fund"}, "parent", "cycle"),
        ({"name_en": "organization UNDP"}, "name_en", "same_name"),
        ({"name_en": "=1+1"}, "name_en", "formula"),
    ],
)
def test_error_is_told_by_row_and_column(vocabulary: Any, values: dict[str, str], column: str, problem: str) -> None:
    for content in (
        as_csv(row(code="good-one", name_en="Good"), row(**values)),
        as_xlsx(row(code="good-one", name_en="Good"), row(**values)),
    ):
        record = read(vocabulary, content)
        assert errors_of(record) == [(3, column, problem)]
        assert record.problems == 1
        assert in_words(record.rows[1]["errors"][0])
        with pytest.raises(Refused, match="Correct the rows"):
            apply_import(record=record, by=vocabulary.secretariat)
    assert not Organization.objects.filter(code__in=["good-one", "ocean-fund"]).exists()


def test_the_same_code_twice_is_an_error_whatever_its_case(vocabulary: Any) -> None:
    record = read(vocabulary, as_csv(GOOD, row(code="Ocean-Fund", name_en="Another")))
    assert errors_of(record) == [(3, "code", "twice")]
    assert "row 2" in in_words(record.rows[1]["errors"][0])


def test_country_is_known_by_any_of_its_codes(vocabulary: Any) -> None:
    rows = [
        row(code=f"body-{place}", name_en=f"Body {place}", country=code) for place, code in enumerate(["KE", "ken", "404", ""])
    ]
    record = read(vocabulary, as_xlsx(*rows))
    assert [entry["values"]["country"] for entry in record.rows] == ["KE", "KE", "KE", ""]


def test_circle_of_parents_through_file_and_database_is_found(vocabulary: Any) -> None:
    undp, fao = Organization.objects.get(code="undp"), Organization.objects.get(code="fao")
    fao.parent = undp
    fao.save()
    header = ["code", "name_en", "category", "parent"]
    rows = [
        ["undp", "Organization undp", "un-entity", "new-one"],
        ["new-one", "New", "un-entity", "fao"],
    ]
    record = read(vocabulary, as_csv(*rows, header=header))
    assert errors_of(record) == [(2, "parent", "cycle"), (3, "parent", "cycle")]


def test_circle_is_found_above_a_chain_of_thousands_each_step_walked_once() -> None:
    class Counted(dict[str, str]):
        steps = 0

        def get(self, *key: Any) -> Any:
            self.steps += 1
            return super().get(*key)

    chain = {f"o{number}": f"o{number - 1}" for number in range(1, 5000)}
    parents = Counted(reversed((chain | {"o0": "top", "top": "o0", "self": "self", "alone": ""}).items()))
    assert _in_circles(parents) == {"o0", "top", "self"}
    assert parents.steps == len(parents)


def test_row_without_a_code_is_not_told_of_a_circle(vocabulary: Any) -> None:
    record = read(vocabulary, as_csv(row(code="", parent="undp")))
    assert errors_of(record) == [(2, "code", "missing")]


def test_preview_says_what_changes_with_old_and_new(vocabulary: Any) -> None:
    rows = [
        ["undp", "UNDP", "Development Programme", "un-entity"],
        ["fao", "FAO", "Organization fao", "un-entity"],
        ["reef", "", "Reef Watch", "ngo"],
    ]
    record = read(vocabulary, as_csv(*rows, header=["code", "acronym", "name_en", "category"]))
    assert [entry["action"] for entry in record.rows] == ["change", "same", "add"]
    assert record.rows[0]["changes"] == [{"column": "name_en", "old": "Organization undp", "new": "Development Programme"}]


# --- Writing ---------------------------------------------------------------------------------------------------------


def test_import_writes_all_of_it_and_makes_public_pages_new(vocabulary: Any) -> None:
    Organization.objects.filter(code="undp").update(name_fr="Programme")
    rows = [
        ["reef", "", "Reef Watch", "ngo", "WS", "ocean"],
        ["ocean", "OF", "Ocean Fund", "un-entity", "", ""],
        ["undp", "", "Development Programme", "un-entity", "", ""],
        ["fao", "FAO", "Organization fao", "un-entity", "", ""],
    ]
    record = read(vocabulary, as_csv(*rows, header=["code", "acronym", "name_en", "category", "country", "parent"]))
    done = apply_import(record=record, by=vocabulary.secretariat)
    assert (done.created_count, done.updated_count) == (2, 1)
    reef, ocean, undp = (Organization.objects.get(code=code) for code in ("reef", "ocean", "undp"))
    assert (reef.parent, reef.country.iso2, reef.is_agency) == (ocean, "WS", False)
    assert (ocean.is_agency, ocean.is_secretariat) == (True, False)
    # a column that the file does not have stays; an empty cell empties
    assert (undp.name, undp.name_fr, undp.acronym) == ("Development Programme", "Programme", "")
    assert PageVersion.objects.filter(subject="directory").exists()
    with pytest.raises(Refused, match="imported already"):
        apply_import(record=record, by=vocabulary.secretariat)


def test_name_reads_the_same_after_an_import_as_after_a_save(vocabulary: Any) -> None:
    """The column without a language, which modeltranslation keeps beside the English one, must not be left behind."""
    apply_import(record=read(vocabulary, as_csv(GOOD)), by=vocabulary.secretariat)
    apply_import(record=read(vocabulary, as_csv(row(name_en="Ocean Bank"))), by=vocabulary.secretariat)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, name_en FROM directory_organization WHERE code = 'ocean-fund'")
        assert cursor.fetchone() == ("Ocean Bank", "Ocean Bank")


def test_change_since_the_preview_stops_the_import_and_makes_a_new_preview(vocabulary: Any, sign_in: Any) -> None:
    record = read(
        vocabulary, as_csv(["undp", "UNDP", "New name", "un-entity"], header=["code", "acronym", "name_en", "category"])
    )
    Organization.objects.filter(code="undp").update(name_en="Changed meanwhile")
    with pytest.raises(Refused, match="changed since this preview"):
        apply_import(record=record, by=vocabulary.secretariat)
    client = sign_in(vocabulary.secretariat)
    answer = client.post(f"/organizations/import/{record.pk}/apply/", follow=True)
    page = answer.content.decode()
    assert "changed since this preview" in page
    assert "Changed meanwhile" in page
    assert Organization.objects.get(code="undp").name == "Changed meanwhile"
    client.post(f"/organizations/import/{record.pk}/apply/")
    assert Organization.objects.get(code="undp").name == "New name"


def test_preview_of_an_applied_import_stays_as_it_was(vocabulary: Any) -> None:
    record = read(vocabulary, as_csv(GOOD))
    apply_import(record=record, by=vocabulary.secretariat)
    assert check_again(record=record, by=vocabulary.secretariat).rows[0]["action"] == "add"


def test_export_comes_back_without_a_change(vocabulary: Any, sign_in: Any) -> None:
    OrganizationFactory(
        code="plus",
        acronym="+1",
        name="=Sum of all",
        name_fr="L’été",
        country=CountryFactory(),
        parent=Organization.objects.get(code="fao"),
    )
    client = sign_in(vocabulary.secretariat)
    for ending in ("csv", "xlsx"):
        answer = client.get(f"/organizations/export.{ending}")
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        record = read(vocabulary, content)
        assert {entry["action"] for entry in record.rows} == {"same"}
        assert len(record.rows) == Organization.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_preview_at_once_are_one() -> None:
    staff = person("staff", "unossc")
    CategoryFactory(code="un-entity")
    CountryFactory()
    record = read_import(content=as_csv(GOOD), file_name="x.csv", by=staff)
    gate, said = threading.Barrier(2), []

    def apply() -> None:
        gate.wait()
        try:
            apply_import(record=record, by=staff)
            said.append("done")
        except Refused:
            said.append("refused")
        except Exception as error:
            said.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=apply) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "refused"]


def test_failure_half_way_writes_nothing(vocabulary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    record = read(vocabulary, as_csv(GOOD))
    monkeypatch.setattr("directory.services.organization_import.bump", lambda *subjects: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        apply_import(record=record, by=vocabulary.secretariat)
    assert not Organization.objects.filter(code="ocean-fund").exists()
    record.refresh_from_db()
    assert record.applied_at is None


# --- One organization ------------------------------------------------------------------------------------------------


def test_organization_is_no_part_of_itself(cast: Any) -> None:
    undp, fao = Organization.objects.get(code="undp"), Organization.objects.get(code="fao")
    fao.parent = undp
    save_organization(organization=fao, by=cast.secretariat)
    undp.parent = fao
    with pytest.raises(Refused, match="itself a part of"):
        save_organization(organization=undp, by=cast.secretariat)
    with pytest.raises(ValidationError):
        undp.clean()
    with pytest.raises(IntegrityError):
        Organization.objects.filter(pk=undp.pk).update(parent=undp.pk)


def test_later_save_does_not_undo_anothers_change_unseen(cast: Any, sign_in: Any) -> None:
    first, second, path = sign_in(cast.secretariat), sign_in(cast.administrator), "/organizations/undp/edit/"

    def shown(client: Client) -> dict[str, Any]:
        form = client.get(path).context["form"]
        return {name: form[name].value() or "" for name in form.fields}

    one, other = shown(first), shown(second)
    assert first.post(path, {**one, "name_fr": "Programme"}).status_code == 302
    for _ in range(2):  # the refused page still shows what was opened, so the same button is refused again
        answer = second.post(path, {**other, "acronym": "UNDPX"})
        assert answer.status_code == 400
        assert "Somebody changed this organization after you opened this page" in answer.content.decode()
    assert second.post(path, {**shown(second), "acronym": "UNDPX"}).status_code == 302
    undp = Organization.objects.get(code="undp")
    assert (undp.acronym, undp.name_fr) == ("UNDPX", "Programme")


def test_only_staff_and_administrators_write_organizations(cast: Any) -> None:
    undp = Organization.objects.get(code="undp")
    for by in (cast.focal_undp, cast.drafter, cast.outsider):
        with pytest.raises(PermissionDenied):
            save_organization(organization=undp, by=by)
        with pytest.raises(PermissionDenied):
            read_import(content=as_csv(GOOD), file_name="x.csv", by=by)
    assert save_organization(organization=undp, by=cast.administrator) == undp


def test_category_says_what_is_an_agency(cast: Any) -> None:
    undp = Organization.objects.get(code="undp")
    undp.category = CategoryFactory(code="ngo")
    assert save_organization(organization=undp, by=cast.secretariat).is_agency is False


def test_staff_write_and_change_by_the_page(vocabulary: Any, sign_in: Any) -> None:
    client = sign_in(vocabulary.secretariat)
    category = CategoryFactory(code="ngo")
    empty = dict.fromkeys(["acronym", "name_ar", "name_fr", "name_es", "name_ru", "name_zh_hans", "country", "parent"], "")
    values = {**empty, "code": "reef", "name_en": "Reef Watch", "category": category.pk}
    assert client.get("/organizations/new/").status_code == 200
    for bad in ({"code": "new"}, {"code": "undp"}, {"name_en": ""}, {"name_en": "A\nB: c"}):
        assert client.post("/organizations/new/", {**values, **bad}).status_code == 400
    assert client.post("/organizations/new/", values).status_code == 302
    assert client.post("/organizations/reef/edit/", {**values, "name_ar": "مراقبة الشعاب"}).status_code == 302
    reef = Organization.objects.get(code="reef")
    assert (reef.name_ar, reef.is_agency) == ("مراقبة الشعاب", False)
    assert "مراقبة الشعاب" in client.get("/agency/reef/").content.decode()


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_list_is_searched_and_filtered_by_its_address(vocabulary: Any, sign_in: Any) -> None:
    OrganizationFactory(
        code="reef",
        acronym="RW",
        name="Reef Watch",
        name_es="Vigilancia",
        category=CategoryFactory(code="ngo"),
        country=CountryFactory(),
    )
    client = sign_in(vocabulary.secretariat)
    for query, count in [
        ("", 6),
        ("?q=vigil", 1),
        ("?category=ngo", 1),
        ("?country=WS", 1),
        ("?q=reef&category=un-entity", 0),
        ("?category=nonsense", 6),
        ("?q=%00", 6),
    ]:
        page = client.get(f"/organizations/{query}").content.decode()
        assert f"{count} organization" in page, query
    exported = client.get("/organizations/export.csv?category=ngo")
    assert len(list(csv.reader(io.StringIO(b"".join(exported.streaming_content).decode("utf-8-sig"))))) == 2


def test_list_asks_the_same_questions_for_few_and_for_many(vocabulary: Any, sign_in: Any, django_assert_num_queries: Any) -> None:
    client = sign_in(vocabulary.secretariat)
    client.get("/organizations/")
    with django_assert_num_queries(10):
        client.get("/organizations/")
    for _ in range(60):
        OrganizationFactory(country=CountryFactory(), parent=Organization.objects.get(code="undp"))
    with django_assert_num_queries(10):
        client.get("/organizations/")
    assert "Page 2 of 2" in client.get("/organizations/?page=2").content.decode()


def test_preview_asks_few_questions_whatever_the_file(vocabulary: Any, sign_in: Any, django_assert_num_queries: Any) -> None:
    client = sign_in(vocabulary.secretariat)
    record = read(vocabulary, as_csv(*[row(code=f"f-{n}", name_en=f"F {n}") for n in range(300)]))
    client.get(f"/organizations/import/{record.pk}/")
    with django_assert_num_queries(6):
        page = client.get(f"/organizations/import/{record.pk}/").content.decode()
    assert "100 more rows are not shown" in page


def test_upload_leads_to_the_preview_and_the_button_imports(vocabulary: Any, sign_in: Any) -> None:
    client = sign_in(vocabulary.secretariat)
    answer = client.post("/organizations/import/", {"file": SimpleUploadedFile("list.csv", as_csv(GOOD))})
    record = OrganizationImport.objects.get()
    assert answer.url == f"/organizations/import/{record.pk}/"
    assert "Import: add 1, change 0" in client.get(answer.url).content.decode()
    assert not Organization.objects.filter(code="ocean-fund").exists()
    assert client.get(f"{answer.url}apply/").status_code == 405
    assert client.post(f"{answer.url}apply/").url == "/organizations/"
    assert Organization.objects.filter(code="ocean-fund").exists()


def test_upload_that_is_refused_says_why_on_the_page(vocabulary: Any, sign_in: Any) -> None:
    client = sign_in(vocabulary.secretariat)
    for file, words in [
        (SimpleUploadedFile("list.csv", as_csv(GOOD, encoding="cp1252")), "Row 2 is not UTF-8"),
        (SimpleUploadedFile("list.csv", b"x" * (10 * 1024 * 1024 + 1)), "The file has 11 MB"),
        (SimpleUploadedFile("list.csv", b"x" * (26 * 1024 * 1024)), "more than 25 MB; 10 MB is the most"),
        (SimpleUploadedFile("list.csv", b""), "The file is empty"),
    ]:
        answer = client.post("/organizations/import/", {"file": file})
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert "Choose a file" in client.post("/organizations/import/").content.decode()


def test_errors_are_listed_by_row_and_column_on_the_page(vocabulary: Any, sign_in: Any) -> None:
    record = read(vocabulary, as_csv(GOOD, row(code="x", name_en="", country="XX")))
    page = sign_in(vocabulary.secretariat).get(f"/organizations/import/{record.pk}/").content.decode()
    assert "1 row has errors" in page
    assert "This must be filled in." in page
    assert "No such country or area" in page
    assert "Import: add" not in page


def test_template_has_the_columns_that_are_read(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    text = b"".join(client.get("/organizations/import/template.csv").streaming_content).decode("utf-8-sig")
    assert text.strip().split(",") == COLUMNS
    book = openpyxl.load_workbook(io.BytesIO(client.get("/organizations/import/template.xlsx").content))
    assert [cell.value for cell in book.active[1]] == COLUMNS


def test_pages_are_for_staff_and_administrators(cast: Any, sign_in: Any) -> None:
    for path in ("", "export.csv", "new/", "import/", "import/template.csv", "undp/", "undp/edit/"):
        for who in (cast.focal_undp, cast.drafter, cast.outsider):
            assert sign_in(who).get(f"/organizations/{path}").status_code in {403, 404}, path
        assert sign_in(cast.administrator).get(f"/organizations/{path}").status_code in {200, 302}, path
