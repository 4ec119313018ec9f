from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "casework.cases"
    label = "cases"
    verbose_name = "Casussen"

    def ready(self) -> None:
        """Keep the day on which a case asks for attention equal to its open work."""
        from casework.cases.attention import follow_work
        from casework.work.moved import work_moved

        work_moved.connect(follow_work)
