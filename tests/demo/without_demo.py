"""The addresses of a product whose demo is off."""

from config import urls

urlpatterns = [each for each in urls.urlpatterns if str(each.pattern) != "demo/"]
handler404 = urls.handler404
