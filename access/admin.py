"""The admin site's pages for accounts and penugasan. Every change of rights goes through a verb."""

from copy import copy
from functools import partial

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from access.actions import delete_penugasan, save_penugasan, save_user, set_sandi
from access.factor import has_factor
from access.models import Penugasan, User
from access.passwords import first_password_until

admin.site.unregister(Group)  # rights come from penugasan, not from groups


class SandiForm(AdminPasswordChangeForm):
    """A new password for an account, stored by the verb."""

    def __init__(self, *args, by: User, session_key: str | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.session_key = by, session_key

    def save(self, commit=True):
        user = self.set_password_and_save(self.user, commit=False)
        until = first_password_until()
        return set_sandi(user=user, by=self.by, sandi_sampai=until, session_key=self.session_key)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    list_display = ["username", "nama", "telepon", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["username", "nama", "email", "telepon"]
    ordering = ["username"]
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined", "langkah_kedua"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Orangnya", {"fields": ["nama", "email", "telepon"]}),
        ("Akun", {"fields": ["is_active", "is_staff", "is_superuser", "last_login", "date_joined"]}),
        ("Langkah kedua", {"fields": ["langkah_kedua"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "nama", "usable_password", "password1", "password2"]})]

    @admin.display(description="langkah kedua")
    def langkah_kedua(self, user: User) -> str:
        """Whether there is one, and the way to the page that takes it off."""
        if not has_factor(user):
            return "tidak terpasang"
        lepas = reverse("access:lepas_faktor", args=[user.pk])
        return format_html(
            'terpasang, <a class="text-primary-600 underline" href="{}">lepas karena ponsel hilang…</a>',
            lepas,
        )

    def save_model(self, request, obj, form, change):
        if change:
            save_user(user=obj, by=request.user, changed=form.changed_data)
        else:
            set_sandi(user=obj, by=request.user, sandi_sampai=first_password_until())

    def user_change_password(self, request, id, form_url=""):
        """Django's page, with a form that knows who asks: one page serves many requests at once."""
        page = copy(self)
        page.change_password_form = partial(
            SandiForm, by=request.user, session_key=request.session.session_key
        )
        return super(UserAdmin, page).user_change_password(request, id, form_url)

    def has_delete_permission(self, request, obj=None):
        """Accounts are switched off, never deleted: Jejak names them."""
        return False


@admin.register(Penugasan)
class PenugasanAdmin(ModelAdmin):
    list_display = ["user", "peran", "wilayah", "mulai", "selesai"]
    list_filter = ["peran"]
    list_select_related = ["user", "wilayah"]
    search_fields = ["user__username", "user__nama", "wilayah__nama", "wilayah__kode"]
    autocomplete_fields = ["user", "wilayah"]
    date_hierarchy = "mulai"

    def save_model(self, request, obj, form, change):
        save_penugasan(penugasan=obj, by=request.user)

    def delete_model(self, request, obj):
        delete_penugasan(penugasan=obj, by=request.user)

    def delete_queryset(self, request, queryset):
        for penugasan in queryset:
            delete_penugasan(penugasan=penugasan, by=request.user)
