"""OAI-PMH 2.0: libraries harvest the published briefs. Whatever is asked, the answer is a document of the protocol.

Withdrawn briefs stay as deleted records for ever. Resumption tokens hold the place in the list and what was asked,
signed: nothing is kept between two questions, and a brief published in between is neither lost nor given twice.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from lxml import etree

from briefs.selectors.citations import Source, one_line
from briefs.selectors.harvest import (
    Asked,
    Record,
    earliest_datestamp,
    known_set,
    record_of,
    records_page,
    sets_of_records,
)
from common.numbers import whole_number

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PAGE = 50
LONGEST = 500
_SALT = "briefs.oai"
# By verb: the arguments it needs, and those it takes besides.
VERBS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), {"resumptionToken"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
    "ListRecords": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
}


class OaiError(Exception):
    """What the protocol answers to a question that it cannot answer."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """Answer one of the six verbs; errors of the protocol are answers, too, with status 200."""
    root = etree.Element(_name(OAI, "OAI-PMH"), nsmap={None: OAI, "xsi": XSI})
    root.set(_name(XSI, "schemaLocation"), f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    _add(root, "responseDate", _stamp(timezone.now()))
    asked = _add(root, "request", base_url())
    try:
        arguments = _arguments(request)
        answer = _ANSWERS[arguments["verb"]](arguments)
        asked.attrib.update(arguments)
        root.append(answer)
    except OaiError as error:
        # The protocol wants the question repeated only where it was one.
        if error.code not in {"badVerb", "badArgument"}:
            asked.attrib.update(arguments)
        _add(root, "error", str(error)).set("code", error.code)
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return HttpResponse(body, content_type="text/xml; charset=utf-8")


def base_url() -> str:
    return settings.PUBLIC_URL + reverse("briefs_files:oai")


def _name(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def _add(parent: Any, name: str, text: str = "", space: str = OAI) -> Any:
    child = etree.SubElement(parent, _name(space, name))
    if text:
        child.text = text
    return child


def _stamp(moment: datetime) -> str:
    # strftime writes years before 1000 with fewer digits on some systems.
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


# --- What was asked --------------------------------------------------------------------------------------------------


def _arguments(request: HttpRequest) -> dict[str, str]:
    try:
        given = request.POST if request.method == "POST" else request.GET
        rows = [(str(name), [str(value) for value in values]) for name, values in given.lists()]
    except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError) as error:
        raise OaiError("badArgument", "The request cannot be read.") from error
    verbs = dict(rows).get("verb", [])
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise OaiError("badVerb", "Ask with one verb: " + ", ".join(VERBS) + ".")
    needed, allowed = VERBS[verbs[0]]
    arguments = {}
    for name, values in rows:
        if name != "verb" and name not in needed | allowed:
            raise OaiError("badArgument", f"{verbs[0]} does not take such an argument.")
        if len(values) != 1:
            raise OaiError("badArgument", f"{name} was given more than once.")
        if not values[0] or len(values[0]) > LONGEST or not values[0].isprintable():
            raise OaiError("badArgument", f"{name} is empty, too long or holds signs that no value has.")
        arguments[name] = values[0]
    if "resumptionToken" in arguments:
        if len(arguments) > 2:
            raise OaiError("badArgument", "resumptionToken stands alone.")
    elif needed - arguments.keys():
        raise OaiError("badArgument", "Missing: " + ", ".join(sorted(needed - arguments.keys())) + ".")
    return arguments


def _moment(text: str) -> tuple[datetime, bool]:
    """A moment of the protocol, and whether it is a day only."""
    for pattern in ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            found = datetime.strptime(text, pattern).replace(tzinfo=UTC)
        except ValueError:
            continue
        # Python reads months and days of one digit, and digits of other scripts.
        if text == (found.date().isoformat() if pattern == "%Y-%m-%d" else _stamp(found)):
            return found, pattern == "%Y-%m-%d"
    raise OaiError("badArgument", "Dates are written as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")


def _asked(arguments: dict[str, str]) -> Asked:
    first, first_is_day = _moment(arguments["from"]) if "from" in arguments else (None, None)
    last, last_is_day = _moment(arguments["until"]) if "until" in arguments else (None, None)
    if first and last and (first_is_day != last_is_day or first > last):
        raise OaiError("badArgument", "from and until have the same form, and from is not later than until.")
    if last and last_is_day:
        last = last.replace(hour=23, minute=59, second=59)
    if "set" in arguments and not known_set(arguments["set"]):
        raise OaiError("noRecordsMatch", "There is no such set.")
    return Asked(first=first, last=last, set=arguments.get("set", ""))


def _resumed(token: str) -> Asked:
    try:
        held = signing.loads(token, salt=_SALT)
        return Asked(
            first=datetime.fromisoformat(held["f"]) if held["f"] else None,
            last=datetime.fromisoformat(held["l"]) if held["l"] else None,
            set=held["s"],
            after=(datetime.fromisoformat(held["a"][0]), int(held["a"][1])),
            given=int(held["n"]),
        )
    except (signing.BadSignature, KeyError, ValueError, TypeError) as error:
        raise OaiError("badResumptionToken", "This token was not given by this archive. Begin again.") from error


def _token(asked: Asked, last: Record, given: int) -> str:
    return signing.dumps(
        {
            "f": asked.first.isoformat() if asked.first else "",
            "l": asked.last.isoformat() if asked.last else "",
            "s": asked.set,
            "a": [last.changed_at.isoformat(), last.pk],
            "n": given,
        },
        salt=_SALT,
        compress=True,
    )


def _only_dublin_core(arguments: dict[str, str]) -> None:
    if arguments.get("metadataPrefix", "oai_dc") != "oai_dc":
        raise OaiError("cannotDisseminateFormat", "Records are given as oai_dc.")


# --- Answers ---------------------------------------------------------------------------------------------------------


def _identify(arguments: dict[str, str]) -> Any:
    answer = etree.Element(_name(OAI, "Identify"))
    _add(answer, "repositoryName", "South-South Cooperation Portal: policy briefs")
    _add(answer, "baseURL", base_url())
    _add(answer, "protocolVersion", "2.0")
    _add(answer, "adminEmail", settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">"))
    _add(answer, "earliestDatestamp", _stamp(earliest_datestamp()))
    _add(answer, "deletedRecord", "persistent")
    _add(answer, "granularity", "YYYY-MM-DDThh:mm:ssZ")
    return answer


def _formats(arguments: dict[str, str]) -> Any:
    if "identifier" in arguments:
        _found(arguments["identifier"])
    answer = etree.Element(_name(OAI, "ListMetadataFormats"))
    row = _add(answer, "metadataFormat")
    _add(row, "metadataPrefix", "oai_dc")
    _add(row, "schema", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    _add(row, "metadataNamespace", OAI_DC)
    return answer


def _sets(arguments: dict[str, str]) -> Any:
    if "resumptionToken" in arguments:
        raise OaiError("badResumptionToken", "All sets are in one answer.")
    answer = etree.Element(_name(OAI, "ListSets"))
    for spec, name in sets_of_records():
        row = _add(answer, "set")
        _add(row, "setSpec", spec)
        _add(row, "setName", one_line(name))
    return answer


def _found(identifier: str) -> Record:
    head, _colon, key = identifier.rpartition("/")
    pk = whole_number(key)
    record = record_of(pk) if f"{head}/" == _identifier_head() and pk is not None else None
    if record is None or identifier != _identifier(record):
        raise OaiError("idDoesNotExist", "There is no such record.")
    return record


def _identifier_head() -> str:
    host = settings.PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    return f"oai:{host}:brief/"


def _identifier(record: Record) -> str:
    return f"{_identifier_head()}{record.pk}"


def _record(arguments: dict[str, str]) -> Any:
    record = _found(arguments["identifier"])
    _only_dublin_core(arguments)
    answer = etree.Element(_name(OAI, "GetRecord"))
    _add_record(answer, record)
    return answer


def _list(arguments: dict[str, str]) -> Any:
    _only_dublin_core(arguments)
    token = arguments.get("resumptionToken", "")
    asked = _resumed(token) if token else _asked(arguments)
    records, whole = records_page(asked, size=PAGE)
    if not records:
        if token:
            raise OaiError("badResumptionToken", "Nothing is left of this list. Begin again.")
        raise OaiError("noRecordsMatch", "No record matches.")
    answer = etree.Element(_name(OAI, arguments["verb"]))
    for record in records[:PAGE]:
        if arguments["verb"] == "ListIdentifiers":
            _add_header(answer, record)
        else:
            _add_record(answer, record)
    if token or len(records) > PAGE:
        # The last part of a list ends with an empty token.
        given = asked.given + len(records[:PAGE])
        row = _add(answer, "resumptionToken", _token(asked, records[PAGE - 1], given) if len(records) > PAGE else "")
        row.set("completeListSize", str(max(whole, given)))
        row.set("cursor", str(asked.given))
    return answer


def _add_header(parent: Any, record: Record) -> None:
    header = _add(parent, "header")
    if record.is_deleted:
        header.set("status", "deleted")
    _add(header, "identifier", _identifier(record))
    _add(header, "datestamp", _stamp(record.changed_at))
    for spec in record.sets:
        _add(header, "setSpec", spec)


def _add_record(parent: Any, record: Record) -> None:
    row = _add(parent, "record")
    _add_header(row, record)
    if record.is_deleted:
        return
    source = Source(record.content, slug=record.slug, edition=record.edition)
    core = etree.SubElement(_add(row, "metadata"), _name(OAI_DC, "dc"), nsmap={"oai_dc": OAI_DC, "dc": DC})
    core.set(_name(XSI, "schemaLocation"), f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    for name, values in (
        ("title", [source.title]),
        ("creator", source.authors),
        ("subject", [*source.content["themes"], *(f"SDG {number}" for number in source.content["sdgs"])]),
        ("description", [source.summary, *source.corrections]),
        ("date", [source.at.date().isoformat()]),
        ("type", ["Text", "Policy brief"]),
        ("format", ["text/html", "application/pdf"]),
        ("identifier", [source.url, source.pdf, source.in_words()]),
        ("source", [f"{source.series}, {source.number}"]),
        ("language", [source.language]),
    ):
        for value in values:
            if value:
                _add(core, name, one_line(value), DC)


_ANSWERS = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "GetRecord": _record,
    "ListIdentifiers": _list,
    "ListRecords": _list,
}
