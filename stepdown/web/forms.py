"""How Django draws our forms: labels above, hints below, errors that name the field."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """``FORM_RENDERER``: ``{{ form }}`` and ``{{ field.as_field_group }}`` in our markup."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
