from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Pekerjaan"

    def ready(self):
        from jobs import inbox
        from jobs.ekspor.queries import waiting_for

        inbox.register(waiting_for)
