from tests.world import asked, opened, with_canaries


def test_every_page_opens(world, browser):
    case = with_canaries(world, opened(world))
    request = asked(world, case)
    me = browser(world.procesregisseur)
    base = f"/casussen/{case.reference}/"
    for path in (
        "/", "/?toon=team", "/?toon=anderen", "/?toon=klaar", "/te-doen/nieuw/", "/besluiten/",
        "/casussen/", "/casussen/?q=veenland", "/casussen/?niveau=2", base,
        base + "opschalen/", base + "opschalen/?knelpunt=nieuw", base + "afschalen/",
        base + "knelpunt/nieuw/", base + "knelpunt/1/afronden/", base + "afsluiten/",
        base + "gegevens/", f"/besluiten/{request.pk}/", f"/besluiten/{request.pk}/mondeling/",
        f"/besluiten/{request.pk}/stil/",
    ):
        response = me.get(path)
        assert response.status_code == 200, path
    assert me.get(base + "heropenen/").status_code == 403
    manager = browser(world.manager)
    for path in ("/", "/besluiten/", f"/besluiten/{request.pk}/"):
        assert manager.get(path).status_code == 200, path
    assert manager.get(base).status_code == 404
