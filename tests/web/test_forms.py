"""Every field takes what people type, and says in one sentence what it cannot take."""

import re
from datetime import date, time
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from models.vocabulary import Experience, Importance, Need, Risk, Sex
from tests.web.small_site import EveryField, Life, Note, small_site
from web.fields import HoursField, NeedsField, TextField, WordField
from web.forms import STALE, DeskForm

SITE = small_site()

# field, what is typed, what it is read as
TAKEN = [
    ("name", "  Siân  O’Neill-Ŵyn ", "Siân O’Neill-Ŵyn"),
    ("name", "Sia\u0302n", "Siân"),
    ("born", ["27", "3", "1990"], date(1990, 3, 27)),
    ("born", ["1", "Mar", "1990"], date(1990, 3, 1)),
    ("born", [" 29", "february ", "2028"], date(2028, 2, 29)),
    ("at", "10am", time(10)),
    ("at", "10:30", time(10, 30)),
    ("at", "14:00", time(14)),
    ("at", "2.30 PM", time(14, 30)),
    ("at", "12am", time(0)),
    ("at", "noon", time(12)),
    ("at", "09:05", time(9, 5)),
    ("why", "one\r\ntwo", "one\ntwo"),
    ("why", "nought\x00 and bell\x07", "nought and bell"),
    ("sex", "female", Sex.FEMALE),
    ("risk", "high", Risk.HIGH),
    ("lived", ["care", "recall"], frozenset({Experience.CARE, Experience.RECALL})),
    ("mentor", "m2", "m2"),
    ("email", "sam.o'neill@mail.example.org", "sam.o'neill@mail.example.org"),
    ("phone", "07700 900123", "07700 900123"),
    ("phone", "+44 808 157 0123", "+44 808 157 0123"),
    ("district", "ls6 2ab", "LS6"),
    ("district", "LS62AB", "LS6"),
    ("district", "sw1a1aa", "SW1A"),
    ("district", " cf10 ", "CF10"),
    ("number", "a 1234 bc", "A1234BC"),
    ("crn", "x123456", "X123456"),
    ("miles", "1,0", 10),
    ("met", "no", False),
    ("met", "yes", True),
    ("secret", "  kept as typed ", "  kept as typed "),
    ("consent", "y", True),
]

REFUSED = [
    ("name", "R2D2", "First name: take out “2”. A name has letters, hyphens and apostrophes."),
    ("name", "x" * 81, "First name: use 80 characters at most. There are 81 now."),
    ("born", ["31", "2", "2027"], "Date of birth: there is no 31 February 2027. Check the day."),
    ("born", ["", "2", ""], "Date of birth: add the day and year."),
    ("born", ["1", "13", "1990"], "Date of birth: the month must be a number from 1 to 12."),
    ("born", ["x", "1", "1990"], "Date of birth: the day must be a number from 1 to 31."),
    ("born", ["1", "1", "90"], "Date of birth: write the year with 4 numbers, such as 2027."),
    ("leaves", ["28", "2", "2027"], "Release date: give Monday 1 March 2027 or a later day."),
    ("at", "2:30", "Start time: add am or pm, such as 2:30am or 2:30pm."),
    ("at", "9", "Start time: add am or pm, such as 9am or 9pm."),
    ("at", "25:00", "Start time: write a time such as 10am or 2:30pm."),
    ("at", "13pm", "Start time: write a time such as 10am or 2:30pm."),
    ("at", "after tea", "Start time: write a time such as 10am or 2:30pm."),
    ("line", "x" * 21, "Hall: use 20 characters at most. There are 21 now."),
    ("sex", "other", "Sex: choose one of the answers on the page."),
    ("risk", "medium", "Risk: choose one of the answers on the page."),
    ("lived", ["care", "x"], "Experience: choose one of the answers on the page."),
    ("mentor", "m3", "Mentor: choose one of the answers on the page."),
    ("email", "sam@nowhere", "E-mail: write an e-mail address such as sam@example.org."),
    ("phone", "12", "Phone: write a phone number such as 07700 900123."),
    ("phone", "ring me", "Phone: write a phone number such as 07700 900123."),
    (
        "district",
        "Leeds",
        "Write a postcode or its first half, such as LS6 2AB or LS6.",
    ),
    (
        "district",
        "LS99 9ZZ",
        "We do not know LS99 in England and Wales. Check each letter.",
    ),
    (
        "number",
        "12345",
        "Prison number: write one letter, four numbers and two letters, such as A1234BC.",
    ),
    ("crn", "A1234BC", "CRN: write one letter and six numbers, such as X123456."),
    ("miles", "0", "Miles: write a whole number from 1 to 200."),
    ("miles", "٣", "Miles: write a whole number from 1 to 200."),
    ("met", "maybe", "Choose one of the answers on the page."),
    ("hours", "0-night", "Tick the boxes on the page."),
    ("needs-work", "enormous", "Needs: choose one answer for each need."),
]


def sent(form_class, typed=None, **made_with):
    """Return a form as it stands after `typed` was sent to it, and whether it was right."""
    with SITE.test_request_context("/", method="POST", data=typed or {}):
        form = form_class(**made_with)
        return form, form.validate_on_submit()


@pytest.mark.parametrize(("field", "typed", "read"), TAKEN)
def test_what_people_type_is_read(field, typed, read):
    form, _ = sent(EveryField, {field: typed})

    assert form[field].errors == []
    assert form[field].data == read


@pytest.mark.parametrize(("field", "typed", "sentence"), REFUSED)
def test_what_cannot_be_read_is_refused_in_one_sentence(field, typed, sentence):
    """ASVS 2.2.1."""
    form, right = sent(EveryField, {field: typed})

    assert form[field.split("-")[0]].errors == [sentence]
    assert not right


def test_a_field_left_empty_says_what_to_do():
    form, _ = sent(EveryField)

    unasked = {"version"}
    assert {field.name: field.errors for field in form if field.name not in unasked} == {
        field.name: [field.missing] for field in form if field.name not in unasked
    }


def test_a_field_that_may_be_left_empty_is_right_without_an_answer():
    class Optional(DeskForm):
        note = TextField("Note")
        sex = WordField("Sex", Sex)
        needs = NeedsField("Needs")

    form, right = sent(Optional, {"note": "   "})

    assert right
    assert (form.note.data, form.sex.data, form.needs.data) == ("", None, {})


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        (["31", "2", "2027"], ["day"]),
        (["1", "", "2027"], ["month"]),
        (["1", "1", "27"], ["year"]),
        (["", "", ""], ["day", "month", "year"]),
    ],
)
def test_only_the_wrong_parts_of_a_day_are_marked_and_the_first_is_led_to(typed, parts):
    with SITE.test_request_context("/", method="POST", data=MultiDict({"born": typed})):
        form = EveryField()
        form.validate_on_submit()
        shown = str(form.born())
        [problem] = [one for one in form.problems() if one.input_id.startswith("born")]

    inputs = re.findall(r"<input[^>]*>", shown)
    marked = [one for one in inputs if "govuk-input--error" in one]
    assert [re.search(r'id="born-(\w+)"', one)[1] for one in marked] == parts
    assert problem.input_id == f"born-{parts[0]}"


def test_a_day_that_is_not_there_comes_back_as_it_was_typed():
    page = SITE.test_client().post("/every", data=MultiDict({"born": ["31", "2", "2027"]})).text

    assert re.findall(r'name="born"[^>]*value="(\d+)"', page) == ["31", "2", "2027"]


@given(st.text(), st.sampled_from(["name", "line", "why", "email", "phone", "at", "district"]))
def test_whatever_is_typed_is_shown_again_and_breaks_nothing(text, field):
    """ASVS 1.1.1, 1.1.2, 1.2.1."""
    with SITE.test_request_context("/", method="POST", data={field: text}):
        form = EveryField()
        form.validate_on_submit()
        once = form[field]._value()
        shown = str(form[field]())

    again, _ = sent(EveryField, {field: once})
    assert again[field]._value() == once
    assert once.strip() == once
    assert all(sign in shown for sign in re.findall(r"[A-Za-z0-9]+", once))


@settings(max_examples=20)
@given(st.lists(st.text(max_size=5), max_size=5))
def test_any_number_of_answers_of_any_kind_to_every_field_breaks_no_page(values):
    """ASVS 2.2.2, 15.3.7."""
    sent_to_all = MultiDict([(name, value) for name in _names() for value in values])

    answer = SITE.test_client().post("/every", data=sent_to_all)

    assert answer.status_code == 422


def _names():
    with SITE.test_request_context("/"):
        return [field.name for field in EveryField()]


def test_every_line_of_the_summary_leads_to_an_input_that_is_there():
    page = SITE.test_client().post("/every", data={"born": ["1", "", "2027"]}).text

    summary = page[page.index("govuk-error-summary__list") : page.index("<h1>Try")]
    led_to = re.findall(r'href="#([^"]+)"', summary)
    ids = re.findall(r'<(?:input|textarea|select)[^>]*\sid="([^"]+)"', page)
    assert len(led_to) == 24
    assert set(led_to) <= set(ids)
    assert page.count("<title>Error: Try") == 1


def test_no_two_things_on_a_page_have_the_same_id():
    page = SITE.test_client().get("/every").text

    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_every_error_is_read_out_with_its_field():
    page = SITE.test_client().post("/every").text

    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', page)).split()
    errors = re.findall(r'<p id="([^"]+)-error" class="govuk-error-message"', page)
    assert {f"{name}-error" for name in errors} <= set(described)


def test_needs_are_read_with_how_much_each_matters():
    typed = {"needs-work": "high", "needs-gp": "low", "needs-debt": ""}

    form, _ = sent(EveryField, typed)

    assert form.needs.data == {Need.WORK: Importance.HIGH, Need.GP: Importance.LOW}


def test_needs_under_headings_that_are_not_asked_for_are_kept():
    class Health(DeskForm):
        needs = NeedsField("Needs", headings=[Need.GP.heading])

    on_file = {Need.WORK: Importance.HIGH, Need.GP: Importance.HIGH}

    form, _ = sent(Health, {"needs-gp": "low", "needs-debt": "low"}, needs=on_file)

    assert form.needs.data == {Need.WORK: Importance.HIGH, Need.GP: Importance.LOW}


class Free(DeskForm):
    """When somebody is free."""

    hours = HoursField("When are you free?")


def test_hours_are_read_as_hours_of_the_week():
    form, _ = sent(Free, {"hours": ["0-morning", "6-evening"]})

    assert form.hours.data == {9, 10, 11, *(6 * 24 + hour for hour in (17, 18, 19))}


def test_hours_that_only_fill_a_part_stay_as_they_are_while_it_is_ticked():
    on_file = frozenset({10, 13, 2})

    form, _ = sent(Free, {"hours": ["0-morning"]}, hours=on_file)

    assert form.hours.data == {10, 2}


@given(st.frozensets(st.integers(0, 167)))
def test_hours_sent_back_as_they_were_shown_are_the_same_hours(hours):
    with SITE.test_request_context("/"):
        field = Free(hours=hours).hours
        ticked = [
            field.input_value(day, part)
            for day in range(7)
            for part in field.parts
            if field.is_ticked(day, part)
        ]

    form, _ = sent(Free, {"hours": ticked}, hours=hours)

    assert form.hours.data == hours


def test_a_file_is_taken_whole():
    with SITE.test_request_context(
        "/", method="POST", data={"report": (BytesIO(b"a,b"), "Report.CSV")}
    ):
        form = EveryField()
        form.report.validate(form)

        assert form.report.errors == []
        assert form.report.data.read() == b"a,b"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "Report: this file is empty. Choose another one."),
        (
            b"x",
            "a.exe",
            "Report: choose a file of another kind. We can read csv and xlsx files.",
        ),
        (b"x", "", "Choose a file."),
        (b"a,b", "a.csv", "Report: choose the file again. A page cannot keep a file."),
    ],
)
def test_a_file_that_cannot_be_taken_is_asked_for_again(content, name, sentence):
    form, _ = sent(EveryField, {"report": (BytesIO(content), name)})

    assert form.report.errors == [sentence]


def test_a_file_in_the_place_of_a_text_is_no_text():
    form, _ = sent(EveryField, {"name": (BytesIO(b"x"), "x.csv")})

    assert form["name"].errors == ["Write the first name."]


def test_the_password_never_comes_back():
    page = SITE.test_client().post("/every", data={"secret": "correct horse battery"}).text

    assert "correct horse" not in page


def test_a_page_first_shown_holds_the_version_of_its_row():
    page = small_site(Life(version=7)).test_client().get("/note")

    assert page.status_code == 200
    assert 'name="version" type="hidden" value="7"' in page.text


def test_a_page_made_from_an_older_version_is_stale_and_keeps_what_was_typed():
    life = Life(version=8)

    answer = small_site(life).test_client().post("/note", data={"version": "7", "why": "My words"})

    assert answer.status_code == 409
    assert life.kept == []
    assert STALE in answer.text
    assert "My words" in answer.text
    assert 'value="8"' in answer.text


def test_sent_again_after_the_warning_it_is_kept():
    life = Life(version=8)

    answer = small_site(life).test_client().post("/note", data={"version": "8", "why": "My words"})

    assert (answer.status_code, life.kept) == (200, ["My words"])


def test_a_form_that_is_wrong_and_stale_says_both():
    answer = small_site(Life(version=8)).test_client().post("/note", data={"version": "7"})

    assert answer.status_code == 409
    assert STALE in answer.text
    assert "Write why." in answer.text


def test_a_version_is_never_written_to_the_row():
    life = Life(version=3)
    with SITE.test_request_context("/", method="POST", data={"version": "99", "why": "x"}):
        Note().about(life).populate_obj(life)

    assert life.version == 3


def test_what_only_the_act_finds_out_is_said_at_its_field():
    with SITE.test_request_context("/", method="POST", data={"why": "x"}):
        form = Note()
        form.validate_on_submit()
        form.refuse("This visit is full. Choose another day.", "why")
        form.refuse("The hall is closed.")

        assert form.status == 422
        assert [(one.sentence, one.input_id) for one in form.problems()] == [
            ("The hall is closed.", None),
            ("This visit is full. Choose another day.", "why"),
        ]
