"""How forms are shown."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Show each field with its label, hint and error through our own template."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
