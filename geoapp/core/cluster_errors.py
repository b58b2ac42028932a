"""Why the embedded database cannot serve, each with its mend."""

from geoapp.core.errors import Unavailable
from geoapp.core.i18n import N_


class ServerMissing(Unavailable):
    """PostgreSQL with PostGIS is not installed."""

    code = "cluster.server_missing"
    message = N_("No PostgreSQL with PostGIS is installed.")
    hint = N_("Install the package %(package)s, or set GEOAPP_DATABASE_URL.")


class OtherMajor(Unavailable):
    """The data belong to a PostgreSQL major that is not installed."""

    code = "cluster.other_major"
    message = N_(
        "The database in %(folder)s was made by PostgreSQL %(made)s; installed is %(installed)s."
    )
    hint = N_(
        "Install the package %(package)s and start again. To move to the new version after that: "
        "“geoapp backup create FILE”, move the folder away, start again, "
        "“geoapp backup restore FILE”."
    )


class DiskFull(Unavailable):
    """The file system has no space left."""

    code = "cluster.disk_full"
    message = N_("The disk that holds %(folder)s is full.")
    hint = N_("Free some space and start again: nothing that was saved is lost.")


class FolderClosed(Unavailable):
    """The account of the server may not use the folder."""

    code = "cluster.folder_closed"
    message = N_("The account %(account)s cannot use the folder %(folder)s.")
    hint = N_("Choose another folder with --data, or give that account access to it.")


class FolderForeign(Unavailable):
    """Another account owns the database."""

    code = "cluster.folder_foreign"
    message = N_("The database in %(folder)s belongs to the account %(owner)s, not to %(account)s.")
    hint = N_("Start as that account, or choose another folder with --data.")


class FolderStrange(Unavailable):
    """Something that is not our database stands in its place."""

    code = "cluster.folder_strange"
    message = N_("The folder %(folder)s is not empty and is not a database.")
    hint = N_("Move it away, or choose another folder with --data.")


class AccountMissing(Unavailable):
    """The account that should run the server does not exist."""

    code = "cluster.account_missing"
    message = N_("There is no account %(account)s to run the database.")
    hint = N_("The package %(package)s makes it; root never runs a database itself.")


class RunElsewhere(Unavailable):
    """The server of these data runs where we cannot see it (another container or machine)."""

    code = "cluster.run_elsewhere"
    message = N_("The database in %(folder)s is run by another container or machine.")
    hint = N_("Stop it there first: two servers on one folder would destroy it.")


class NotReady(Unavailable):
    """The server lives but does not answer in time."""

    code = "cluster.not_ready"
    message = N_("The database did not answer within %(seconds)s seconds.")
    hint = N_("It may still be recovering: start again in a while, or read %(log)s.")


class StartFailed(Unavailable):
    """The server refused to start."""

    code = "cluster.start_failed"
    message = N_("The database did not start: %(reason)s")
    hint = N_("The whole story is in %(log)s.")
