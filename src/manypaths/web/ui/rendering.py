"""How forms look. Named in settings as FORM_RENDERER, so `{{ form }}` and `{{ field.as_field_group }}` are ours."""

from django.forms.renderers import TemplatesSetting


class FormLook(TemplatesSetting):
    """Summary of errors first, then each field with its label, hint and error tied together."""

    form_template_name = "ui/form/form.html"
    field_template_name = "ui/form/field.html"
