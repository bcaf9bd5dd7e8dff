"""The nodes of a YAML text: values that know their line and column.

libyaml scans, in a sixth of the time that PyYAML's own scanner takes; the nodes are put together
in Python, where too deep a nesting is an error and no crash.
"""

import yaml

try:
    from yaml._yaml import CParser
except ImportError:  # a PyYAML that was built without libyaml
    _quick = None
else:

    class _Quick(yaml.composer.Composer, CParser, yaml.resolver.Resolver):
        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            yaml.composer.Composer.__init__(self)
            yaml.resolver.Resolver.__init__(self)

    _quick = _Quick


def compose(text: str) -> yaml.Node | None:
    """The root of a text's nodes; None if it is empty.

    Raises:
        yaml.YAMLError: in the words of PyYAML's own scanner, which tell more than libyaml's.
        RecursionError: it is nested too deeply.
    """
    if _quick is not None:
        try:
            return _quick(text).get_single_node()
        except yaml.YAMLError:
            pass  # read once more for the error
    return yaml.compose(text, Loader=yaml.SafeLoader)
