"""URLs of the map and of the wilayah search."""

app_name = "spatial"
urlpatterns: list = []
