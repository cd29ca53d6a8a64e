"""How scripts and styles are stored: named by their content, compressed once."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class Static(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Gives the plain name for a file that is not collected, as in tests and in the middle of a build."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
