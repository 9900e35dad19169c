"""Static files with hashed names and compressed twins, leaving alone what Vite has hashed already."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

VITE = "vite/"


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Manifest storage that compresses Vite's files but keeps their names and bytes.

    Django's manifest storage rewrites `url(...)` inside CSS and breaks SVG data URIs, and a second
    hash would give pages and service worker different names for the same file.
    """

    def stored_name(self, name):
        return name if name.startswith(VITE) else super().stored_name(name)

    def post_process(self, paths, dry_run=False, **options):
        built = {path for path in paths if path.startswith(VITE)}
        others = {path: source for path, source in paths.items() if path not in built}
        yield from super().post_process(others, dry_run=dry_run, **options)
        if not dry_run:
            for name, compressed in self.compress_files(built):
                yield name, compressed, True
