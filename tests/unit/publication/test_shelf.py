"""Lists, and verification: a changed byte, a missing file, one too many, a wrong link, a stranger."""

import pytest

from orchestration.publication.manifest import ManifestUnreadable
from orchestration.publication.shelf import (
    UnknownRelease,
    find_release,
    list_releases,
    show_release,
    verify,
    verify_all,
)


@pytest.fixture
def shelf(city, values):
    city.close_months({"2024-02": values["2024-02"], "2024-03": values["2024-03"]})
    return city


def found(city):
    """What verification says of each subject that is not sound."""
    return {
        one.subject: [sentence.en for sentence in one.problems]
        for one in verify_all(city.published_dir, city.state)
        if not one.is_sound
    }


def place(city, release="2024-03/r1"):
    return city.published_dir / "releases" / release


def overwrite(path, content):
    path.chmod(0o644)
    path.write_bytes(content)


def test_untouched_releases_are_sound(shelf):
    assert found(shelf) == {}
    assert [one.files for one in verify_all(shelf.published_dir, shelf.state)] == [12, 12, 0]


@pytest.mark.parametrize("path", ["specialty_town.duckdb", "parquet/towns.parquet", "manifest.json"])
def test_one_changed_byte_is_seen(shelf, path):
    changed = place(shelf) / path
    content = bytearray(changed.read_bytes())
    # A digit of the manifest keeps it valid JSON.
    position = content.index(b"2024-03-r1") + 3 if path == "manifest.json" else len(content) // 2
    content[position] ^= 1
    overwrite(changed, bytes(content))
    assert list(found(shelf)) == ["2024-03-r1"]
    assert path in found(shelf)["2024-03-r1"][0]


def test_a_missing_file_is_seen(shelf):
    (place(shelf) / "parquet" / "towns.parquet").unlink()
    assert found(shelf) == {"2024-03-r1": ["parquet/towns.parquet is missing."]}


def test_an_extra_file_is_seen(shelf):
    (place(shelf) / "parquet" / "notes.txt").write_text("mine")
    assert found(shelf) == {"2024-03-r1": ["parquet/notes.txt is there, but not in the manifest."]}


def test_rows_other_than_those_of_the_manifest_are_seen(shelf):
    manifest = show_release(shelf.published_dir, shelf.state)
    towns = next(file for file in manifest.files if file.path == "parquet/towns.parquet")
    assert towns.rows == {"towns": 2}
    changed = (place(shelf) / "manifest.json").read_text(encoding="utf-8").replace('"towns": 2', '"towns": 3')
    overwrite(place(shelf) / "manifest.json", changed.encode())
    assert [problem for problem in found(shelf)["2024-03-r1"] if "rows" in problem] == [
        "towns in parquet/towns.parquet has 2 rows, by the manifest 3.",
        "towns in specialty_town.duckdb has 2 rows, by the manifest 3.",
    ]


def test_a_release_without_its_manifest_is_not_sound_and_current_leaves_it(shelf):
    (place(shelf) / "manifest.json").unlink()
    assert set(found(shelf)) == {"2024-03-r1", "current"}
    shelf.recover()
    assert shelf.current == "releases/2024-02/r1"
    with pytest.raises(ManifestUnreadable):
        show_release(shelf.published_dir, shelf.state, "2024-03-r1")


def test_a_manifest_that_is_none_is_told_in_a_sentence(shelf):
    overwrite(place(shelf) / "manifest.json", b'{"release_id": 1}')
    (problem,) = found(shelf)["2024-03-r1"]
    assert "is no manifest" in problem
    assert "release_id" in problem


def test_a_link_to_an_old_release_is_seen_and_mended(shelf):
    link = shelf.published_dir / "current"
    link.unlink()
    link.symlink_to("releases/2024-02/r1")
    assert found(shelf) == {
        "current": [f"{link} should point to the newest valid release, 2024-03-r1. stm run mends it."]
    }
    shelf.recover()
    assert found(shelf) == {}


def test_a_folder_that_the_ledger_does_not_know_is_seen(shelf):
    place(shelf, "2024-03/r9").mkdir()
    assert list(found(shelf)) == ["2024-03-r9"]


def test_one_release_is_verified_with_the_link(shelf):
    (place(shelf, "2024-02/r1") / "parquet" / "towns.parquet").unlink()
    checked = verify(shelf.published_dir, shelf.state)
    assert [(one.subject, one.is_sound) for one in checked] == [("2024-03-r1", True), ("current", True)]
    checked = verify(shelf.published_dir, shelf.state, "2024-02-r1")
    assert [one.is_sound for one in checked] == [False, True]


def test_the_list_says_which_is_current_and_what_was_withdrawn(shelf):
    shelf.state.record_release("2024-03-r1", "withdrawn", shelf.clock(), by="局长", why="口径有误")
    shelf.recover()
    listed = list_releases(shelf.published_dir, shelf.state)
    assert [(one.release.release_id, one.release.status, one.is_current) for one in listed] == [
        ("2024-02-r1", "published", True),
        ("2024-03-r1", "withdrawn", False),
    ]
    assert listed[1].release.why == "口径有误"
    assert find_release(shelf.published_dir, shelf.state).release.release_id == "2024-02-r1"


def test_an_unknown_release_is_told_with_those_that_there_are(shelf):
    with pytest.raises(UnknownRelease, match=r"no release 2024-09-r1\. There are: 2024-02-r1, 2024-03-r1"):
        find_release(shelf.published_dir, shelf.state, "2024-09-r1")


def test_before_the_first_release_there_is_nothing_to_show(city):
    assert verify_all(city.published_dir, city.state)[-1].is_sound
    with pytest.raises(UnknownRelease, match="Nothing has been published yet"):
        show_release(city.published_dir, city.state)
