"""Reference tables of the families in the admin: programmes, sources, questions. People are never edited here."""

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from kpm.models import Indikator, PilihanIndikator, Program, Sumber


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


class PilihanInline(TabularInline):
    model = PilihanIndikator
    fields = readonly_fields = ["kode", "label"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Indikator)
class IndikatorAdmin(ModelAdmin):
    """To be read: the lists are the files data/indikator*.csv (manage.py muat_indikator)."""

    list_display = ["instrumen", "nomor", "nama", "unit", "kelompok", "khusus"]
    list_filter = ["instrumen", "unit", "kelompok"]
    search_fields = ["kode", "nama"]
    inlines = [PilihanInline]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
