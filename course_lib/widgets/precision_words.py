"""What `PrecisionBench` says: a format and what the samples tell in words, and its presets."""

from course_lib.language import _


def in_words(how):
    """A Format in words."""
    if how.name == "int":
        text = _("int, {bits} bits, ").format(bits=how.bits)
        text += _("a scale for each column") if how.columns else _("one scale for a layer")
        if how.percentile < 100:
            text += _(" over {percentile:g} % of the weights").format(percentile=round(how.percentile, 1))
    else:
        text = {"bfloat16": "bfloat16", "tf32": "TF32", "float32": "float32"}[how.name]
    return text + _(", inputs too") if how.inputs else text


def verdicts():
    """What the samples tell, in words, by `verdict`."""
    return {
        "same": _("All {samples} answers are those of float32: nothing is lost."),
        "no loss": _(
            "{changed} of {samples} answers change; {lost} become wrong, {won} right: no loss that {samples} samples "
            "could tell."
        ),
        "worse": _("{changed} of {samples} answers change; {lost} become wrong, {won} right: something is lost."),
        "broken": _("{changed} of {samples} answers change; {lost} become wrong, {won} right: the network is broken."),
        "better": _(
            "{changed} of {samples} answers change; {lost} become wrong, {won} right. Rounding is no training: on new "
            "data do not count on it."
        ),
    }


def lessons():
    def look(why, **settings):
        usual = {"format": "int", "bits": 8, "columns": False, "percentile": 100.0, "inputs": False, "outlier": False,
                 "seed": 4, "layer": 1, "rank": 900, "guess": 0}  # fmt: skip
        return {"set": usual | settings, "why": why}

    return {
        _("8 bits"): look(_(
            "About a quarter of the memory, and no loss that 500 wafers could tell. Look at the rounding error of one "
            "weight: it is at most half a scale.")),
        _("4 bits, one scale"): look(bits=4, why=_(
            "15 levels for all units of a layer. The largest weight sets the scale, and units with smaller weights are "
            "left with few levels. Other trainings lose less, one of ten no more than chance: try them.")),
        _("4 bits, each column"): look(bits=4, columns=True, why=_(
            "Each unit has a scale of its own, which costs 4 bytes. With the same 4 bits the network works again. Over "
            "all ten trainings 4 bits cost 7 points of accuracy with one scale, 2.5 with a scale for each column.")),
        _("an outlier"): look(outlier=True, why=_(
            "One weight is 100 times as large as all others. It belongs to a corner outside the wafer, so it does "
            "nothing; but it sets the scale, and all other weights of its layer become 0, 1 or -1 times the scale.")),
        _("outlier, clipped"): look(outlier=True, percentile=99.9, why=_(
            "The scale covers 99.9 % of the weights; the outlier is cut off. Clipping weights that matter costs "
            "something: move the slider on to 90 %.")),
        _("bfloat16"): look(format="bfloat16", outlier=True, why=_(
            "Each number keeps 8 bits that count, whatever its size: the outlier does no harm. Few digits, all sizes; "
            "but two bytes a weight instead of one.")),
    }  # fmt: skip
