"""The inbox, the progress page, and the two buttons on it. Anybody else's job is a 404."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.rules import may_export
from jobs import actions
from jobs.inbox import waiting_for
from jobs.models import Job
from jobs.queries import inbox_of, page_of, title_of


def _own_job(request: HttpRequest, pk: int) -> Job:
    jobs = Job.objects.owned_by(request.user).select_related("pemilik", "wilayah")
    return get_object_or_404(jobs, pk=pk)


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me, what runs, what failed, what is done."""
    context = {
        "menunggu_list": waiting_for(request.user),
        "boleh_ekspor": may_export(request.user),
        **inbox_of(request.user),
    }
    return render(request, "jobs/inbox.html", context)


@login_required
@require_GET
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How one job stands. While it runs the page asks `state` again by itself."""
    return render(request, "jobs/job.html", page_of(_own_job(request, pk)))


@login_required
@require_GET
def job_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page. When the job has ended it says where to go, and asking stops."""
    job = _own_job(request, pk)
    context = page_of(job)
    if not job.is_live:
        context["tujuan"] = context["hasil_url"] or job.get_absolute_url()
    return render(request, "jobs/state.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def cancel_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then stop the job."""
    job = _own_job(request, pk)
    if request.method == "POST" or not job.is_live:
        if job.is_live:
            actions.cancel(job)
        return redirect(job)
    return render(request, "jobs/cancel.html", {"job": job, "judul": title_of(job)})


@login_required
@require_POST
def retry_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a failed or quarantined job again."""
    job = _own_job(request, pk)
    actions.retry(job)
    return redirect(job)
