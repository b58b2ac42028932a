"""What stops the embedded server, and the sentence that names the mend."""

import os
from dataclasses import replace

import pytest

from geoapp.core.cluster import Cluster
from geoapp.core.cluster_binaries import choose_binaries, installed, major_of_release
from geoapp.core.cluster_errors import (
    FolderClosed,
    FolderForeign,
    FolderStrange,
    OtherMajor,
    ServerMissing,
    StartFailed,
)
from geoapp.core.i18n import use_language


@pytest.fixture
def machine(tmp_path):
    """machine("15", "16", postgis=...) pretends what is installed; returns the two roots."""

    def pretended(*majors, postgis=True):
        for major in majors:
            (tmp_path / "lib" / major / "bin").mkdir(parents=True)
            (tmp_path / "lib" / major / "bin" / "initdb").touch()
            if postgis:
                extension = tmp_path / "share" / major / "extension"
                extension.mkdir(parents=True)
                (extension / "postgis.control").touch()
        return tmp_path / "lib", tmp_path / "share"

    return pretended


def data_made_by(major, folder):
    folder.mkdir()
    (folder / "PG_VERSION").write_text(f"{major}\n")
    return folder


@pytest.mark.parametrize(
    ("release", "package"),
    [
        ('ID=debian\nVERSION_ID="12"\n', "postgresql-15-postgis-3"),
        ('ID=ubuntu\nVERSION_ID="24.04"\n', "postgresql-16-postgis-3"),
        ("", "postgresql-NN-postgis-3"),
    ],
)
def test_without_postgis_the_package_to_install_is_named(machine, tmp_path, release, package):
    (tmp_path / "os-release").write_text(release)
    lib, share = machine("15", "16", postgis=False)
    with pytest.raises(ServerMissing) as caught, use_language("en"):
        choose_binaries(tmp_path / "data", lib, share, tmp_path / "os-release")
    assert package in str(caught.value)


def test_new_data_take_the_newest_server_and_old_data_their_own(machine, tmp_path):
    lib, share = machine("9", "15", "16")
    assert choose_binaries(tmp_path / "new", lib, share).major == "16"
    old = data_made_by("15", tmp_path / "old")
    assert choose_binaries(old, lib, share).major == "15"
    assert [item.major for item in installed(lib, share)] == ["16", "15", "9"]


def test_data_of_a_major_that_is_gone_name_both_ways_out(machine, tmp_path):
    lib, share = machine("16")
    old = data_made_by("15", tmp_path / "old")
    with pytest.raises(OtherMajor) as caught, use_language("en"):
        choose_binaries(old, lib, share)
    sentence = str(caught.value)
    assert "postgresql-15-postgis-3" in sentence
    assert "geoapp backup create" in sentence
    assert "geoapp backup restore" in sentence


def test_a_cluster_of_another_major_is_not_touched(embedded, base):
    embedded.start()
    embedded.stop()
    version = embedded.data / "PG_VERSION"
    version.write_text("9\n")
    before = sorted(path.name for path in embedded.data.iterdir())
    with pytest.raises(OtherMajor):
        Cluster(base)
    assert sorted(path.name for path in embedded.data.iterdir()) == before


def test_this_machine_is_known_by_its_release():
    assert major_of_release().isdigit()


def test_the_database_of_another_account_is_refused_untouched(embedded):
    embedded.start()
    embedded.stop()
    owner = embedded.data.stat().st_uid
    embedded._account = replace(embedded._account, uid=owner + 1, name="somebody")
    with pytest.raises(FolderForeign) as caught:
        embedded.start()
    embedded._account = replace(embedded._account, uid=owner)
    assert "somebody" in str(caught.value)
    assert embedded.data.parent.stat().st_uid == owner


def test_a_foreign_folder_in_our_place_is_left_alone(embedded):
    embedded.data.mkdir(parents=True)
    (embedded.data / "letter.txt").write_text("mine")
    with pytest.raises(FolderStrange):
        embedded.start()
    assert (embedded.data / "letter.txt").read_text() == "mine"


def test_a_folder_closed_to_the_servers_account_is_named(base):
    """As root the server's account cannot pass; as anybody else we ourselves cannot."""
    closed = base / "closed"
    closed.mkdir()
    closed.chmod(0o700 if os.geteuid() == 0 else 0o500)
    with pytest.raises(FolderClosed) as caught:
        Cluster(closed / "data").start()
    assert "closed" in str(caught.value)


def test_a_server_that_refuses_its_settings_says_where(embedded):
    embedded.start()
    embedded.stop()
    (embedded.data / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StartFailed) as caught, use_language("en"):
        embedded.start()
    assert "postgresql.auto.conf" in str(caught.value)
    assert str(embedded.log) in str(caught.value)
