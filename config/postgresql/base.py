"""Django's PostgreSQL backend that can start its server, and knows an application role.

Options of our own: `server` is the folder of our own server, started at the first
connection, and `lasting` whether it has to survive a power failure; `application` is the role that may use what the owner makes in a new
(test) database.
"""

from typing import Any

from django.db.backends.postgresql import base, creation

from config import database
from config.server import server_in


class DatabaseCreation(creation.DatabaseCreation):
    def _execute_create_test_db(
        self,
        cursor: Any,
        parameters: dict[str, str],
        keepdb: bool = False,  # noqa: FBT001, FBT002 (Django's signature)
    ) -> None:
        super()._execute_create_test_db(cursor, parameters, keepdb)  # type: ignore[misc]  # not in the stubs
        settings = self.connection.settings_dict
        if not settings["OPTIONS"].get("application"):
            return
        name = self._get_test_db_name()  # type: ignore[attr-defined]  # not in the stubs
        other = self.connection.__class__(
            {**settings, "NAME": name}, self.connection.alias
        )
        try:
            with other.cursor() as inside:
                database.open_to_application(
                    inside.connection,
                    owner=settings["USER"],
                    application=settings["OPTIONS"]["application"],
                )
        finally:
            other.close()


class DatabaseWrapper(base.DatabaseWrapper):
    creation_class = DatabaseCreation

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params.pop("application", None)
        folder = params.pop("server", None)
        lasting = params.pop("lasting", True)
        if folder is not None:
            server = server_in(folder, lasting=lasting)
            params |= server.connection(params["user"])
        return params
