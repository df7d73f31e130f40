"""Lets papermill set parameters of TypeScript notebooks: `papermill notebook.ipynb out.ipynb -p seed 7`.

The set-up puts this file into the Python environment, with an entry point by which papermill loads it when it starts.
"""

import json
import re

from papermill.engines import NBClientEngine as Engine  # the entry point names an engine; this is the usual one
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

__all__ = ["Engine"]

# let seed: number = 7; // what it is
DECLARATION = re.compile(r"let (?P<name>\w+)(: (?P<type>[^=;]+?))?( = (?P<value>.*))?;\s*(// *(?P<help>.*))?")


class TypeScriptTranslator(Translator):
    """Parameters are declared with `let` in the cell tagged `parameters`. The cell that papermill adds behind it assigns to
    them, so that a value of another type, or a parameter that is none, is an error of the compiler."""

    @classmethod
    def translate(cls, val):
        return json.dumps(val, ensure_ascii=False, default=str)

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}"

    @classmethod
    def assign(cls, name, str_val):
        return f"{name} = {str_val};"

    @classmethod
    def inspect(cls, parameters_cell):
        found = (DECLARATION.fullmatch(line.strip()) for line in parameters_cell["source"].splitlines())
        return [
            Parameter(match["name"], match["type"] or "None", match["value"] or "undefined", match["help"] or "")
            for match in found
            if match
        ]


papermill_translators.register("typescript", TypeScriptTranslator)
