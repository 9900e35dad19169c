"""Reference tables of the families in the admin: programmes and sources. People are never edited here."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from kpm.models import Program, Sumber


class ProgramResource(ModelResource):
    class Meta:
        model = Program
        import_id_fields = ("kode",)
        skip_unchanged = True


@admin.register(Program)
class ProgramAdmin(ModelAdmin, ImportExportModelAdmin):
    resource_classes = [ProgramResource]
    import_form_class = ImportForm
    export_form_class = ExportForm
    list_display = ["kode", "nama", "singkatan", "urutan"]
    search_fields = ["kode", "nama"]


@admin.register(Sumber)
class SumberAdmin(ModelAdmin):
    list_display = ["jenis", "periode"]
    list_filter = ["jenis"]
