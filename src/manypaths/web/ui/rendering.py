"""How forms look. Named in settings as FORM_RENDERER, so `{{ form }}` and `{{ field.as_field_group }}` are ours."""

from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_noop as _

# Django says what is wrong; we say what to do. Our catalogues, English too, hold other words for these.
RESTATED = (
    _("This field is required."),
    _("Enter a valid date."),
    _("Enter a valid time."),
    _("Enter a valid email address."),
    _("Enter a whole number."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
)


class FormLook(TemplatesSetting):
    """Summary of errors first, then each field with its label, hint and error tied together."""

    form_template_name = "ui/form/form.html"
    field_template_name = "ui/form/field.html"
