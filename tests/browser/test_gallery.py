"""The page of pictures tells of each page once, with all that axe-core said of its states."""

from pathlib import Path

from tests.browser.gallery import Look, hang


def test_each_page_stands_once_with_its_states_its_violations_and_its_fullest_picture(
    tmp_path: Path,
) -> None:
    kept, docs = tmp_path / "kept", tmp_path / "docs"
    kept.mkdir()
    told = [("/manager/", "1280", 0), ("/manager/", "1280", 2), ("/manager/", "320", 0)]
    looks = [Look(place, size, wrong, f"{n}.webp") for n, (place, size, wrong) in enumerate(told)]
    for look in looks:
        (kept / look.picture).write_text(look.picture * (look.violations + 1))

    text = hang(kept, looks, docs)

    row = (
        "| `/manager/` | 3 | 2 | [1](screens/manager/manager-320-1.webp) "
        "| [1](screens/manager/manager-1280-1.webp) |"
    )
    assert row in text.splitlines()
    assert "1 pages were looked at 3 times in all; axe-core found 2 violations." in text
    assert (docs / "screens/manager/manager-1280-1.webp").read_text() == "1.webp" * 3
