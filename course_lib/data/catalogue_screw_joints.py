"""The datasheet of the simulated station that stops at a torque; see `catalogue`."""

from course_lib.data.data_set import Column, DataSet

SCREW_JOINTS = DataSet(
    name="screw_joints",
    title="Simulated screw joints, tightened to a torque: torque over angle",
    folder="",
    files=(),
    page="",
    licence="MIT (made by the course itself)",
    citation=(
        "course_lib.data.screw_joints; the formulas of angle, torque and clamp force are those of VDI 2230 part 1, "
        "Systematic calculation of highly stressed bolted joints."
    ),
    story=(
        "A station turns M8 screws until the torque reaches about 20 Nm and records the torque over 360°, from the "
        "first contact of the head. The head presses a spring washer flat and sits at about 100°; then the torque "
        "rises. The station passes a final torque of 18.5 to 21.5 Nm today, and many faults reach it. Screws come in "
        "lots, each with its own friction, strength and run-down torque. About 8 % of the joints have a fault. The "
        "condition new_supplier has another coating: 25 % less friction."
    ),
    columns=(
        Column("torque at 9 deg", "Nm", "the first of 40 columns, one each 9°: the run-down, before the head sits"),
        Column("torque at 360 deg", "Nm", "the last column: the final torque; behind the stop the value is held"),
    ),
    classes=(
        "good: the torque has become clamp force, except for friction",
        "too loose: the tool stops at 14 to 19.5 Nm, or dirt in the thread takes 1.5 to 6 Nm of the torque",
        "stripped thread: from 5 to 12 kN of clamp force on, the force rises less, or falls",
        "cross-threaded: the thread takes torque from the start, and jerks",
        "washer missing: nothing to press flat, so the head sits 5 to 40° earlier, and the joint is stiffer",
    ),
    known_defects=(
        "Simulated: each joint has one fault at most, and every label is right. In a plant the truth is found by "
        "taking joints apart, and only for some.",
        "Shape, size and share of the faults are our guess. 8 % is far above a good plant, so that there is something "
        "to learn from. Give the share of your plant where a cost is calculated.",
        "A weak fault looks like a good joint: no model can find them all.",
        "With little friction a screw can yield before 20 Nm. Its label is still good: a screw that is stretched too "
        "far is no class of its own.",
        "Faults are as frequent in one lot as in another. In a plant they come in bad lots.",
    ),
)
