"""What the Python package says its widgets' models are: for each, all that identifies it, and the names in its state."""

import json

import anywidget
import ipywidgets as w


class Figure(anywidget.AnyWidget):
    _esm = "export default {}"


made = {
    "IntSlider": w.IntSlider(),
    "FloatSlider": w.FloatSlider(),
    "FloatLogSlider": w.FloatLogSlider(),
    "IntRangeSlider": w.IntRangeSlider(),
    "FloatRangeSlider": w.FloatRangeSlider(),
    "Dropdown": w.Dropdown(options=["a", "b"]),
    "ToggleButton": w.ToggleButton(),
    "Checkbox": w.Checkbox(),
    "Text": w.Text(),
    "Button": w.Button(),
    "Label": w.Label(),
    "HTML": w.HTML(),
    "FloatProgress": w.FloatProgress(),
    "HBox": w.HBox(),
    "VBox": w.VBox(),
    "Tab": w.Tab(),
    "Output": w.Output(),
    "Layout": w.Layout(),
    "SliderStyle": w.FloatSlider().style,
    "DescriptionStyle": w.Dropdown().style,
    "ToggleButtonStyle": w.ToggleButton().style,
    "TextStyle": w.Text().style,
    "CheckboxStyle": w.Checkbox().style,
    "Any": Figure(),
}


def about(widget):
    state = widget.get_state()
    identity = {key: state[key] for key in state if key.startswith(("_model", "_view")) and key != "_view_count"}
    return {"identity": identity, "names": sorted(state)}


print(json.dumps({"protocol": w.widgets.widget.__protocol_version__, "models": {k: about(v) for k, v in made.items()}}))
