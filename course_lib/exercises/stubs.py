"""Read a learner's function as text: is it untouched, is a blank left, does it return anything?"""

import ast
import inspect
import textwrap


def function_tree(function):
    """Return the syntax tree of the function and the line it starts at, or (None, 0) when the source is gone."""
    try:
        lines, start = inspect.getsourcelines(inspect.unwrap(function))
        tree = ast.parse(textwrap.dedent("".join(lines))).body[0]
    except (OSError, TypeError, SyntaxError, ValueError, IndexError):
        return None, 0
    return (tree, start) if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef) else (None, 0)


def _is_dots(node):
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _is_blank(node):
    return _is_dots(node) or isinstance(node, ast.Constant) and node.value is None


def is_untouched(function):
    """Return True when the body holds only what a stub holds.

    A docstring, `...`, `pass`, `name = ...`, `return`, `return ...`, `return name` of such a name, and
    `raise NotImplementedError`.
    """
    tree, _ = function_tree(function)
    if tree is None:
        return False
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    blanks = set()
    for statement in body:
        match statement:
            case ast.Pass():
                continue
            case ast.Expr(value=value) if _is_blank(value):
                continue
            case ast.Assign(targets=targets, value=value) if _is_blank(value):
                blanks |= {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
                continue
            case ast.Return(value=value) if value is None or _is_blank(value):
                continue
            case ast.Return(value=ast.Name(id=name)) if name in blanks:
                continue
            case ast.Return(value=ast.Tuple(elts=parts)):
                if all(_is_blank(part) or getattr(part, "id", None) in blanks for part in parts):
                    continue
            case ast.Raise(exc=exc) if exc is not None and "NotImplementedError" in ast.unparse(exc):
                continue
        return False
    return True


def blank_line(function):
    """Return (line number, text) of the first `...` that still waits for code, or None.

    A `...` that stands alone among the lines of the function is what is left of the stub and does no harm.
    """
    tree, start = function_tree(function)
    if tree is None:
        return None
    for node in ast.walk(tree):
        alone = isinstance(node, ast.Expr) and node not in tree.body
        if (alone or isinstance(node, ast.Assign | ast.Return)) and _is_dots(node.value):
            return start + node.lineno - 1, ast.unparse(node)
    return None


def has_return(function):
    """Return True when some line of the function returns a value (or when the source is gone)."""
    tree, _ = function_tree(function)
    if tree is None:
        return True
    return any(
        isinstance(node, ast.Return) and node.value is not None or isinstance(node, ast.Yield | ast.YieldFrom)
        for node in ast.walk(tree)
    )
