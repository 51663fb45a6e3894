"""Small changes of a Python function, one at a time, each a mistake that a person could make."""

import ast
import contextlib
import warnings
from dataclasses import dataclass

OTHER = {  # what people take by mistake
    "mean": ("sum",), "sum": ("mean",), "max": ("min",), "min": ("max",), "maximum": ("minimum",),
    "minimum": ("maximum",), "argmax": ("argmin",), "argmin": ("argmax",), "any": ("all",), "all": ("any",),
    "amax": ("amin",), "amin": ("amax",), "floor": ("ceil",), "ceil": ("floor",), "zeros": ("ones",),
    "zeros_like": ("ones_like",), "ones": ("zeros",), "nansum": ("nanmean",), "nanmean": ("nansum",),
}  # fmt: skip
SIGNS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.FloorDiv: ast.Div,
}  # fmt: skip
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE), ast.LtE: (ast.Lt, ast.GtE, ast.Gt), ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
SYMMETRIC = ("max", "min", "maximum", "minimum")  # their arguments may stand in any order
CONVERSIONS = ("float", "tuple", "list")  # without them the numbers are the same
MODULES = ("np", "math", "nn", "itertools", "functools", "numpy")


@dataclass(frozen=True)
class Change:
    """The whole changed source; what changed, before and after, in `text`, and its line in `statement`."""

    line: int
    kind: str
    text: str
    statement: str
    source: str


def changes(source, checks=frozenset()):
    """Yield every Change of the one function in `source`; what does not compile or is the same is left out.

    Lines that only call a function of `checks` are left as they are: they test the input, and the input is right.
    """
    tree = ast.parse(source)
    [function] = tree.body
    original, seen, counts = ast.unparse(tree), set(), {}
    for parent, field, index, statement in list(slots(function, checks)):
        node = get(parent, field, index)
        before = header(statement)
        for kind, new in alternatives(node, parent, field):
            put(parent, field, index, new)
            text, after = ast.unparse(ast.fix_missing_locations(tree)), header(statement)
            put(parent, field, index, node)
            if text == original or text in seen or not compiles(text):
                continue
            seen.add(text)
            short = f"{header(node)} -> {'(left out)' if isinstance(new, ast.Pass) else header(new)}"
            counts[short] = counts.get(short, 0) + 1
            short += f" #{counts[short]}" if counts[short] > 1 else ""
            line = statement.lineno
            yield Change(line, kind, short, f"{before} -> {after}" if after != before else short, text + "\n")


def header(statement):
    """A statement or an expression in one line; of a loop or a condition the first line."""
    return ast.unparse(ast.fix_missing_locations(statement)).split("\n")[0]


def compiles(text):
    with warnings.catch_warnings(), contextlib.suppress(SyntaxError, ValueError):
        warnings.simplefilter("ignore")
        compile(text, "<mutant>", "exec")
        return True
    return False


def get(parent, field, index):
    value = getattr(parent, field)
    return value if index is None else value[index]


def put(parent, field, index, new):
    if index is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[index] = new


def slots(node, checks, statement=None):
    """Yield every place (parent, field, index, its statement) below a node where something else could stand.

    Not what a learner does not write or the checker cannot see: texts, types, default values, `strict=`, and guards
    that only raise an error for input that the statement does not allow.
    """
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.FunctionDef) and field != "body" or field in ("annotation", "ctx", "type_comment"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or is_fixed(child) or only_checks(child, checks):
                continue
            own = child if isinstance(child, ast.stmt) else statement
            if isinstance(child, ast.stmt | ast.expr):
                yield node, field, index, own
            yield from slots(child, checks, own)


def only_checks(node, checks):
    """True for a line like `x, h = as_float("x", x), positive("h", h)`."""
    if not isinstance(node, ast.Assign | ast.Expr):
        return False
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    return all(isinstance(value, ast.Call) and getattr(value.func, "id", None) in checks for value in values)


def is_fixed(node):
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return True
        case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.Assert() | ast.JoinedStr() | ast.Import():
            return True
        case ast.If(body=[ast.Raise()], orelse=[]) | ast.keyword(arg="strict" | "dtype" | "copy"):
            return True
    return False


def alternatives(node, parent, field):
    """Yield (kind, new node) for every mistake that fits this node."""
    if isinstance(node, ast.stmt):
        yield from for_statement(node)
        return
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield from for_operation(left, op, right)
        case ast.UnaryOp(op=ast.USub() | ast.Invert() | ast.Not(), operand=operand):
            yield "sign dropped", operand
        case ast.BoolOp(op=op, values=values):
            yield "and, or swapped", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for i in range(len(values)):
                rest = values[:i] + values[i + 1 :]
                yield "condition dropped", rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.Compare(left=left, ops=ops, comparators=right):
            for i, op in enumerate(ops):
                for other in COMPARISONS[type(op)]:
                    yield "comparison", ast.Compare(left, ops[:i] + [other()] + ops[i + 1 :], right)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield "branch", body
            yield "branch", orelse
            yield "branches swapped", ast.IfExp(test, orelse, body)
        case ast.Attribute(value=value, attr="T"):
            yield "transpose dropped", value
        case ast.Constant(value=bool() | str() | bytes() | None):
            pass
        case ast.Constant(value=value) if value is not Ellipsis:
            yield from for_constant(value)
        case ast.Slice(lower=lower, upper=upper, step=step):
            yield from for_slice(lower, upper, step)
        case ast.Call():
            yield from for_call(node)


def for_statement(node):
    match node:
        case ast.Return(value=ast.Tuple(elts=parts)):
            for i in range(len(parts) - 1):
                swapped = parts[:i] + [parts[i + 1], parts[i]] + parts[i + 2 :]
                yield "results swapped", ast.Return(ast.Tuple(swapped, ast.Load()), lineno=node.lineno)
        case ast.Return() | ast.Pass() | ast.FunctionDef():
            pass
        case _:
            yield "statement left out", ast.Pass()
    if isinstance(node, ast.AugAssign):
        load = ast.parse(ast.unparse(node.target), mode="eval").body
        yield "overwritten", ast.Assign([node.target], node.value, lineno=node.lineno)
        if type(node.op) in SIGNS:
            other = ast.BinOp(load, SIGNS[type(node.op)](), node.value)
            yield "sign", ast.Assign([node.target], other, lineno=node.lineno)
    if isinstance(node, ast.If):
        yield "condition always true", ast.If(ast.Constant(True), node.body, node.orelse)
        yield "condition never true", ast.If(ast.Constant(False), node.body, node.orelse)


def for_operation(left, op, right):
    if isinstance(op, ast.MatMult):
        yield "operands swapped", ast.BinOp(right, op, left)
        for kind, a, b in (("transposed", transposed(left), right), ("transposed", left, transposed(right))):
            yield kind, ast.BinOp(a, op, b)
        return
    if type(op) in SIGNS:
        yield "sign" if isinstance(op, ast.Add | ast.Sub) else "operator", ast.BinOp(left, SIGNS[type(op)](), right)
    if isinstance(op, ast.Sub | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow):
        yield "operands swapped", ast.BinOp(right, op, left)
    yield "term dropped", left
    if isinstance(op, ast.Sub):
        yield "term dropped", ast.UnaryOp(ast.USub(), right)
    elif isinstance(op, ast.Div):
        if getattr(left, "value", None) != 1:
            yield "term dropped", ast.BinOp(ast.Constant(1), op, right)
    else:
        yield "term dropped", right


def transposed(node):
    return node.value if isinstance(node, ast.Attribute) and node.attr == "T" else ast.Attribute(node, "T", ast.Load())


def for_constant(value):
    if isinstance(value, int):
        for other in (value + 1, value - 1):
            yield "off by one", number(other)
    for other in (0, 1):
        if other != value:
            yield f"{value} is {other}", number(type(value)(other))


def number(value):
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def for_slice(lower, upper, step):
    for kind, a, b in (
        *(("slice", bound, upper) for bound in shifted(lower, 1)),
        *(("slice", lower, bound) for bound in shifted(upper, -1)),
    ):
        yield kind, ast.Slice(a, b, step)
    if lower is not None:
        yield "slice bound dropped", ast.Slice(None, upper, step)
    if upper is not None:
        yield "slice bound dropped", ast.Slice(lower, None, step)
    if step is not None:
        yield "step dropped", ast.Slice(lower, upper, None)


def shifted(bound, missing):
    """A bound one more and one less; a bound that is not written counts as the end it stands for."""
    if bound is None:
        return [number(missing)]
    if isinstance(bound, ast.Constant) or isinstance(bound, ast.UnaryOp):
        return []  # the constant itself is changed elsewhere
    return [ast.BinOp(bound, op(), ast.Constant(1)) for op in (ast.Add, ast.Sub)]


def for_call(node):
    function, arguments, keywords = node.func, node.args, node.keywords

    def call(function=function, arguments=arguments, keywords=keywords):
        return ast.Call(function, arguments, keywords)

    name = getattr(function, "attr", getattr(function, "id", ""))
    for other in OTHER.get(name, ()):
        if isinstance(function, ast.Attribute):
            yield f"{name} is {other}", call(ast.Attribute(function.value, other, ast.Load()))
        elif name in ("max", "min", "any", "all"):
            yield f"{name} is {other}", call(ast.Name(other, ast.Load()))
    for i in range(len(arguments) - 1 if name not in SYMMETRIC else 0):
        yield "arguments swapped", call(arguments=arguments[:i] + [arguments[i + 1], arguments[i]] + arguments[i + 2 :])
    if name == "range":
        for i, bound in enumerate(arguments):
            for new in shifted(bound, 0):
                yield "range", call(arguments=arguments[:i] + [new] + arguments[i + 1 :])
    for i, keyword in enumerate(keywords):
        rest = keywords[:i], keywords[i + 1 :]
        if keyword.arg == "axis":
            for axis in (0, 1, -1, None):
                value = ast.Constant(None) if axis is None else number(axis)
                yield f"axis {axis}", call(keywords=rest[0] + [ast.keyword("axis", value)] + rest[1])
        elif not is_fixed(keyword) and name != "errstate":
            yield f"{keyword.arg} dropped", call(keywords=rest[0] + rest[1])
    method = isinstance(function, ast.Attribute) and getattr(function.value, "id", None) not in MODULES
    if method and not (isinstance(function.value, ast.Attribute) and function.value.attr in ("linalg", "random")):
        yield "call left out", function.value
    elif len(arguments) == 1 and not isinstance(arguments[0], ast.Starred | ast.GeneratorExp):
        if name not in CONVERSIONS:
            yield "call left out", arguments[0]
