import pytest

from matcher.files.prison_names import is_prison, known_prisons, prison_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("lei", "LEI"), ("HMP Leeds", "LEI"), ("Leeds (HMP)", "LEI"), ("LEEDS", "LEI")),
        *(("HMP/YOI Isle of Wight", "IWI"), ("Usk", "UKI"), ("Mount", "MTI")),
        *(("Feltham (HMYOI)", "FYI"), ("HMP Feltham", "FMI"), ("Peterborough (Female)", "PFI")),
    ],
)
def test_a_prison_is_known_by_its_code_and_by_its_name_as_people_write_it(text, code):
    assert prison_code(text) == code


def test_every_prison_is_known_by_its_code_and_by_both_its_full_names():
    for code, prison in known_prisons().items():
        assert prison_code(code) == code
        assert prison_code(prison.title) == prison_code(prison.register_name) == code


@pytest.mark.parametrize(
    "text", ["", "XYZ", "HMP", "HMP Nowhere", "(HMP & YOI)", "Feltham", "STC3"]
)
def test_what_is_not_one_prison_is_refused(text):
    with pytest.raises(ValueError, match="Give"):
        prison_code(text)
    assert not is_prison(text)
