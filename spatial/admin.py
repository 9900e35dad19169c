"""Reference tables of the land in the admin: Wilayah, Ejaan, VersiBatas.

Geometry is kept out of filters and forms: boundaries come from commands. Import and export suit these
small tables; a whole province is loaded with manage.py muat_wilayah.
"""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from spatial.actions import refresh_ejaan
from spatial.models import Ejaan, VersiBatas, Wilayah


class WilayahResource(ModelResource):
    class Meta:
        model = Wilayah
        import_id_fields = ("kode",)
        exclude = ("titik",)
        skip_unchanged = True

    def after_import(self, dataset, result, **kwargs):
        refresh_ejaan()


class EjaanResource(ModelResource):
    class Meta:
        model = Ejaan
        fields = ("id", "tingkat", "induk", "tulisan", "wilayah", "resmi")
        skip_unchanged = True


@admin.register(Wilayah)
class WilayahAdmin(ModelAdmin, ImportExportModelAdmin):
    resource_classes = [WilayahResource]
    import_form_class = ImportForm
    export_form_class = ExportForm
    list_display = ["kode_titik", "nama", "jenis", "induk", "kode_bps"]
    list_filter = ["tingkat", "jenis"]
    list_select_related = ["induk"]
    search_fields = ["kode", "nama", "kode_bps"]
    exclude = ["titik"]
    autocomplete_fields = ["induk"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        refresh_ejaan()


@admin.register(Ejaan)
class EjaanAdmin(ModelAdmin, ImportExportModelAdmin):
    resource_classes = [EjaanResource]
    import_form_class = ImportForm
    export_form_class = ExportForm
    list_display = ["tulisan", "wilayah", "induk", "resmi"]
    list_filter = ["tingkat", "resmi"]
    list_select_related = ["wilayah", "induk"]
    search_fields = ["tulisan", "wilayah__nama"]
    autocomplete_fields = ["wilayah", "induk"]


@admin.register(VersiBatas)
class VersiBatasAdmin(ModelAdmin):
    list_display = ["nama", "sumber", "indikatif", "aktif", "dibuat"]
    readonly_fields = ["indikatif", "aktif", "dibuat"]

    def has_add_permission(self, request):
        """A version comes with its boundaries, from a command or the page "Versi batas"."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Deleting and switching leave a Jejak: the page "Versi batas" does both."""
        return False
