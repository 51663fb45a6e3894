"""The datasheet of the simulated tightening station; see `catalogue`."""

from course_lib.data.data_set import Column, DataSet

TIGHTENING = DataSet(
    name="tightening",
    title="Simulated tightening station: torque over angle of screwed joints",
    folder="",
    files=(),
    page="",
    licence="MIT (made by the course itself)",
    citation=(
        "course_lib.data.tightening; the formula of torque and clamp force is that of VDI 2230 part 1, Systematic "
        "calculation of highly stressed bolted joints."
    ),
    story=(
        "A station turns M8 screws of grade 8.8 by a fixed angle and records the torque of the last 200°. The head "
        "sits at about 132°, then the torque rises, and near the end the screw begins to yield. The clamp force holds "
        "the parts together, but only a simulator knows it. Screws come in lots with a friction of their own; about 3 "
        "% of the joints are bad, more in bad lots. The condition new_supplier has another coating: less friction."
    ),
    columns=(
        Column("torque at 5°", "Nm", "the first of 40 columns, one each 5°: the run-down, before the head sits"),
        Column("torque at 200°", "Nm", "the last column: the end torque, what a simple station looks at"),
    ),
    classes=(
        "good: the clamp force is 16 to 19 kN",
        "under-tightened: friction in the run-down starts the counting of the angle 10 to 55° too early",
        "stripped thread: the thread shears at 5 to 17 kN, and the torque falls",
        "cross-threaded: high and rough torque from the start; the end torque may look right, the clamp force is not",
        "wrong washer: missing (more friction under the head) or double (a soft joint that sits late)",
    ),
    known_defects=(
        "Simulated: each bad joint has one fault only, and every label is right. In a plant the truth is found by "
        "taking joints apart, weeks later, and only for some.",
        "Shape, size and share of the faults are our guess. A real station has faults that nobody has thought of.",
        "The share of bad joints is far above that of a good plant, so that there is something to learn from. Give "
        "the share of your plant where a cost is calculated.",
        "One screw size, one grade, one tool. Temperature and wear of the tool are left out.",
    ),
)
