"""The pages as a Django application: what happens when somebody signs in is tied on here."""

from django.apps import AppConfig


class Web(AppConfig):
    name = "blikk.web"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from blikk.web.sign_in import begin_session

        user_logged_in.connect(begin_session, dispatch_uid="begin_session")
