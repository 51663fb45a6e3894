"""What data the course uses, where it comes from, under which licence, and what is wrong with it.

Nothing here is downloaded or opened: see `download.fetch`. A file is known by its sha256, so an edited copy is noticed.
"""

from course_lib.data.catalogue_plant import ENERGY, SHIPMENTS, SPARE_PARTS, STEEL_PLATES
from course_lib.data.catalogue_texts import MAINTENANCE_PHRASES, WORK_ORDERS
from course_lib.data.catalogue_tightening import TIGHTENING
from course_lib.data.data_set import Address, Column, DataFile, DataSet

MACHINE_FAILURES = DataSet(
    name="machine_failures",
    title="AI4I 2020 predictive maintenance",
    folder="ai4i2020",
    files=(
        DataFile(
            name="ai4i2020.csv",
            sha256="dc6630cd9b1f0f853922fad78a1b6436570d3f1ec863f1dd5c4340ac56bc8a8e",
            size=522_048,
            addresses=(
                Address(
                    "https://archive.ics.uci.edu/static/public/601/ai4i+2020+predictive+maintenance+dataset.zip",
                    member="ai4i2020.csv",
                ),
                Address("https://archive.ics.uci.edu/ml/machine-learning-databases/00601/ai4i2020.csv"),
            ),
        ),
    ),
    page="https://doi.org/10.24432/C5HS5C (UCI Machine Learning Repository, id 601)",
    licence="CC BY 4.0",
    citation=(
        'S. Matzka, "Explainable Artificial Intelligence for Predictive Maintenance Applications", '
        "Third International Conference on Artificial Intelligence for Industries (AI4I), 2020, pp. 69-74."
    ),
    story=(
        "A milling machine makes 10,000 parts, one row each, in the order of production. 339 rows (3.39 %) end in a "
        "machine failure. The tool wears by 2, 3 or 5 min with each part of quality L, M or H; when the wear falls "
        "back to 0 the tool was changed: 120 tools in all."
    ),
    columns=(
        Column("UDI", "", "row number, 1 to 10000: an identifier, never an input"),
        Column("Product ID", "", "quality letter and serial number: an identifier, never an input"),
        Column("Type", "", "product quality: L (low, 6000 rows), M (medium, 2997), H (high, 1003)"),
        Column("Air temperature [K]", "K", "295.3 to 304.5; a slow random walk"),
        Column("Process temperature [K]", "K", "305.7 to 313.8; about 10 K above the air"),
        Column("Rotational speed [rpm]", "rpm", "1168 to 2886"),
        Column("Torque [Nm]", "Nm", "3.8 to 76.6"),
        Column("Tool wear [min]", "min", "0 to 253: minutes this tool has been cutting"),
        Column("Machine failure", "", "the label: 1 in 339 rows"),
        Column("TWF", "", "tool wear failure (46 rows): part of the label, never an input"),
        Column("HDF", "", "heat dissipation failure (115 rows): part of the label, never an input"),
        Column("PWF", "", "power failure (95 rows): part of the label, never an input"),
        Column("OSF", "", "overstrain failure (98 rows): part of the label, never an input"),
        Column("RNF", "", "random failure (19 rows): part of the label, never an input"),
    ),
    known_defects=(
        "The data are synthetic: rules made them (see `simulate_machine_failures`), no machine was measured.",
        "TWF, HDF, PWF, OSF and RNF are parts of the label. With them as inputs every model looks perfect.",
        "9 rows are failures with no failure mode; 18 rows have RNF = 1 but Machine failure = 0. "
        "No model can learn these.",
        "In 27 slow rows the temperature difference is exactly the limit 8.6 K. The makers did not round it, so the "
        "last binary digit decided: 12 count as heat failures, 15 do not.",
        "The temperatures drift slowly, so neighbouring rows are alike, and 115 heat failures come in a few runs. "
        "A split row by row leaks; split by tool.",
        "Many copies on the internet are edited (columns dropped, header changed): the sha256 tells.",
    ),
)

SENSOR_TABLE = DataSet(
    name="sensor_table",
    title="Simulated bearing sensors",
    folder="",
    files=(),
    page="",
    licence="MIT (made by the course itself)",
    citation="course_lib.data.sensor_table",
    story=(
        "Two sensors on the bearing of a motor, several motors, and whether the bearing needs maintenance. "
        "The true probability is known for every point."
    ),
    columns=(
        Column("bearing temperature", "°C", "35 to 95, centre 65"),
        Column("vibration", "mm/s RMS", "1 to 7, centre 4"),
    ),
    known_defects=("Simulated: cleaner than any real plant.",),
)

NASA_ARCHIVE = (
    "https://phm-datasets.s3.amazonaws.com/NASA/6.+Turbofan+Engine+Degradation+Simulation+Data+Set.zip",
    "6. Turbofan Engine Degradation Simulation Data Set/CMAPSSData.zip",
)
TURBOFAN_COPY = (
    "https://raw.githubusercontent.com/alireza-javanmardi/conformal-RUL-intervals/"
    "37e450ac8b656229d44aed3ac39dcf85ea11b86c/data/CMAPSS/"
)


def _turbofan_file(name, sha256, size):
    url, inside = NASA_ARCHIVE
    return DataFile(name, sha256, size, (Address(url, member=name, inside=inside), Address(TURBOFAN_COPY + name)))


TURBOFAN = DataSet(
    name="turbofan",
    title="Turbofan engine degradation (NASA C-MAPSS, FD001)",
    folder="cmapss_fd001",
    files=(
        _turbofan_file(
            "train_FD001.txt", "963b5e22825b34d8b21c69e1aeb4af3e647050eb672ee8834ba4b5d91d2de0f8", 3_515_356
        ),
        _turbofan_file("test_FD001.txt", "3cda7109ce17bafb5443f2ac926cfcf88154b941b8c4cf95eb55d1ddd6f52851", 2_228_855),
        _turbofan_file("RUL_FD001.txt", "a19c8ec94931949d0485bdc35118206e9c81c4547b422efb9cf86f4ceddbceca", 429),
    ),
    page=(
        "https://www.nasa.gov/intelligent-systems-division/discovery-and-systems-health/pcoe/"
        "pcoe-data-set-repository/ (item 6)"
    ),
    licence=(
        "no formal licence is declared; a work of the U.S. Government (NASA). NASA asks to name the repository and "
        "the donors of the data"
    ),
    citation=(
        "A. Saxena, K. Goebel, Turbofan Engine Degradation Simulation Data Set, NASA Prognostics Data Repository, NASA "
        'Ames Research Center, 2008; A. Saxena, K. Goebel, D. Simon, N. Eklund, "Damage Propagation Modeling for '
        'Aircraft Engine Run-to-Failure Simulation", International Conference on Prognostics and Health Management '
        "(PHM08), 2008."
    ),
    story=(
        "SIMULATED, not measured: NASA's computer model of a turbofan engine, C-MAPSS, made these data. 100 engines "
        "run until the high-pressure compressor (HPC) has failed, after 128 to 362 flights (mean 206.3): 20,631 rows. "
        "Another 100 engines are cut off before they fail: 13,096 rows, and the true remaining life is given, 7 to "
        "145 flights (mean 75.5). One row is one flight, called a cycle. Every engine starts with another wear, and "
        "every sensor has noise."
    ),
    columns=(
        Column("engine", "", "number of the engine: the group to split by, never an input"),
        Column("cycle", "cycles", "number of the flight, 1, 2, 3 ..."),
        Column("altitude", "1000 ft", "operating setting 1; sea level in FD001, so almost 0"),
        Column("Mach number", "", "operating setting 2; almost 0 in FD001"),
        Column("TRA", "%", "operating setting 3, throttle resolver angle; always 100 in FD001"),
        Column("T2", "°R", "sensor 1: total temperature at the fan inlet; constant"),
        Column("T24", "°R", "sensor 2: total temperature behind the low-pressure compressor"),
        Column("T30", "°R", "sensor 3: total temperature behind the high-pressure compressor"),
        Column("T50", "°R", "sensor 4: total temperature behind the low-pressure turbine"),
        Column("P2", "psia", "sensor 5: pressure at the fan inlet; constant"),
        Column("P15", "psia", "sensor 6: total pressure in the bypass duct; two values only"),
        Column("P30", "psia", "sensor 7: total pressure behind the high-pressure compressor"),
        Column("Nf", "rpm", "sensor 8: speed of the fan"),
        Column("Nc", "rpm", "sensor 9: speed of the core"),
        Column("epr", "", "sensor 10: engine pressure ratio P50 / P2; constant"),
        Column("Ps30", "psia", "sensor 11: static pressure behind the high-pressure compressor"),
        Column("phi", "pps/psi", "sensor 12: fuel flow divided by Ps30"),
        Column("NRf", "rpm", "sensor 13: speed of the fan, corrected for the inlet temperature"),
        Column("NRc", "rpm", "sensor 14: speed of the core, corrected for the inlet temperature"),
        Column("BPR", "", "sensor 15: bypass ratio"),
        Column("farB", "", "sensor 16: fuel-air ratio of the burner; constant"),
        Column("htBleed", "", "sensor 17: enthalpy of the bleed air; whole numbers"),
        Column("Nf_dmd", "rpm", "sensor 18: demanded speed of the fan; constant"),
        Column("PCNfR_dmd", "%", "sensor 19: demanded corrected speed of the fan; constant"),
        Column("W31", "lbm/s", "sensor 20: cooling air to the high-pressure turbine"),
        Column("W32", "lbm/s", "sensor 21: cooling air to the low-pressure turbine"),
    ),
    known_defects=(
        "The data are simulated by C-MAPSS. A good figure here says little about a real engine.",
        "The units are American: °R is Rankine (K = °R / 1.8), psia is absolute pressure (1 psi = 0.0689 bar), "
        "lbm/s is pounds of air a second (0.4536 kg/s), pps is pounds of fuel a second.",
        "Setting 3 and the sensors 1, 5, 10, 16, 18 and 19 never change, and sensor 6 has two values only.",
        "Both files number their engines 1 to 100, but they are different engines. The loader calls those of the test "
        "101 to 200.",
        "The file has no header; the names and units are those of Saxena et al. (2008), Table 2. Only PCNfR_dmd is "
        "given there in rpm, which cannot be: it is always 100.",
        "One operating condition and one kind of fault only: this is the easiest of NASA's four subsets.",
        "Edited copies are on the internet (other line ends, other rounding): the sha256 tells.",
    ),
)

DEGRADING_MACHINE = DataSet(
    name="degrading_machine",
    title="Simulated air compressors that run to failure",
    folder="",
    files=(),
    page="",
    licence="MIT (made by the course itself)",
    citation="course_lib.data.degrading_machine",
    story=(
        "Air compressors of a plant, each run until it fails, after about 120 to 360 cycles of one hour. The wear "
        "inside is hidden: it grows slowly at first and fast near the end. The sensors follow it, with noise. The "
        "true health is known for every cycle."
    ),
    columns=(
        Column("inlet air temperature", "°C", "operating setting 1"),
        Column("load", "%", "operating setting 2; a higher load wears faster, with its third power"),
        Column("speed setpoint", "rpm", "operating setting 3; constant"),
        Column("bearing temperature", "°C", "rises with the wear"),
        Column("winding temperature", "°C", "rises a little with the wear, much with the load"),
        Column("oil temperature", "°C", "rises with the wear and with the inlet air"),
        Column("outlet air temperature", "°C", "rises with the wear, and with the inlet air as much as this itself"),
        Column("outlet pressure", "bar", "falls with the wear"),
        Column("oil pressure", "bar", "falls with the wear"),
        Column("vibration drive end", "mm/s RMS", "rises with the square of the wear: flat for long, then steep"),
        Column("vibration free end", "mm/s RMS", "the same, weaker"),
        Column("shaft speed", "rpm", "falls a little with the wear"),
        Column("motor current", "A", "rises with the wear and with the load"),
        Column("air flow", "m³/min", "falls with the wear, rises with the load"),
        Column("supply voltage", "V", "noise of the grid: tells nothing about the wear"),
        Column("cooling water temperature", "°C", "weather of its own: tells nothing about the wear"),
        Column("valve position", "%", "constant"),
    ),
    known_defects=("Simulated: one kind of fault, no repairs, no missing values. Cleaner than any real plant.",),
)

WAFER_MAPS = DataSet(
    name="wafer_maps",
    title="Simulated wafer maps with ten failure patterns",
    folder="",
    files=(),
    page="",
    licence="MIT (made by the course itself)",
    citation=(
        "course_lib.data.wafer_maps; the classes are those of M.-J. Wu, J.-S. R. Jang, J.-L. Chen, "
        '"Wafer Map Failure Pattern Recognition and Similarity Ranking for Large-Scale Data Sets", IEEE Transactions '
        "on Semiconductor Manufacturing 28(1), 2015, pp. 1-12."
    ),
    story=(
        "A wafer carries hundreds of dies (chips), and each is tested. The map of the failed ones tells which machine "
        "has a problem. Pixels: 0 outside the wafer, 0.5 a good die, 1 a failed die, values between where dies were "
        "averaged. Each map has its own grid of 15 to 110 dies each way, 0.5 to 15 % of random failures, a pattern of "
        "its own place, size, density and gaps, and one of four ways of resampling to 28 x 28. Radii and lengths are "
        "in units of the wafer radius."
    ),
    columns=(Column("pixel", "", "0 outside the wafer, 0.5 a good die, 1 a failed die; between them an average"),),
    classes=(
        "none: no pattern; single particles, in any process step",
        "centre: uneven plasma, gas flow or polishing pressure in the middle; a spot of radius 0.15 to 0.5",
        "donut: uneven spin coating, developing or heating; a ring of radius 0.32 to 0.62",
        "edge-local: a clamp, uneven heating or a handling mark at one place of the rim; arc of 29 to 126°",
        "edge-ring: etching or heating that differs near the rim, edge bead; 0.06 to 0.22 thick, at times with a gap",
        "local: a stain, a leak or a blocked nozzle; a spot of radius 0.14 to 0.32, off the middle",
        "near-full: a whole process step went wrong; 72 to 99 % of the dies fail",
        "random: contamination or an unstable process everywhere; 20 to 60 % of the dies fail",
        "scratch: handling or a hard particle in polishing; a bent thin line, 0.45 to 1.7 long, with gaps",
        "repeating reticle: a defect on the mask; the same dies of all exposures fail; 4 to 11 of them side by side",
    ),
    known_defects=(
        "Simulated: one pattern a wafer. Real wafers often have two at once (the set MixedWM38 shows such).",
        "The shapes follow published descriptions of real maps. How often each size, density and noise occurs is our "
        "guess, made wide on purpose.",
        "All classes have the same number of maps; in a fab most wafers show no pattern.",
        "WM-811K has no class repeating reticle: compare with it on the first nine only.",
        "A weak pattern on a noisy wafer can look like none: some labels cannot be told, as in real data.",
        "A map averaged to 28 x 28 loses the single dies, so a repeating reticle may look like stripes.",
    ),
)

BOARD_ARRAYS = (
    ("class_names", "0f3193a0a9c8a25cc20d742f99e3d0be657809e27ccac56caa455027afda1e5c"),
    ("group_test", "4559d203fb268bb0da8929d5442b78beb76b88fed31db2cb99add1b59541b57f"),
    ("group_train", "5dc0c35a1c8decee08d867045320480695228496579ab6e186a1707b484c147e"),
    ("image_test", "364f784b0445ca631161cd510def6e44067dbffb8e00fe211c8fb8e04482cee2"),
    ("image_train", "e6d1807d646469ac096941f84973f34667a1ef722f2003920c8af616ef6e14ad"),
    ("x_test", "db0dab1f816e0f2a6169d4d4544a46619c1e8247158f447246b916dcb91415e4"),
    ("x_train", "8bb0c222d9ab926b5df831cf2e3395b701b3e78fde11e445be2a9bf89d41bc02"),
    ("y_test", "9dd18f3f6ab147d52749e3a13d1f51702083d785e4d9b7cb342eaae90dcbc2ce"),
    ("y_train", "106c676dacd2962c1e4958b90ae435fbf572673980bf8fca1fc057bc62e2e768"),
)

BOARDS = DataSet(
    name="boards",
    title="Circuit-board defects, 28 x 28 (crops of DeepPCB)",
    folder="deeppcb28",
    files=(
        DataFile(
            name="deeppcb28.npz",
            sha256="1d437fb03cd0722b3fec74a8db034fe16458f44699766707b205cc4b51be00a4",
            size=595_091,
            addresses=(
                Address(
                    "https://codeload.github.com/tangsanli5201/DeepPCB/zip/08e98c4db5922613fb97176eb3d6497d48260cb1"
                ),
            ),
            arrays=BOARD_ARRAYS,
        ),
    ),
    page="https://github.com/tangsanli5201/DeepPCB (commit 08e98c4db5922613fb97176eb3d6497d48260cb1)",
    licence="MIT, Copyright (c) 2018 tangsanli5201. The text at the end of this sheet must go with every copy",
    citation=(
        'S. Tang, F. He, X. Huang, J. Yang, "Online PCB Defect Detector On A New PCB Defect Dataset", '
        "arXiv:1902.06197, 2019."
    ),
    story=(
        "Real circuit boards, photographed with a line camera and turned into black (copper) and white. For each "
        "marked defect a window of 56 x 56 pixels around it, averaged 2 x 2 to 28 x 28: five grey levels. One window "
        "without a defect of each image gives the class ok. 7,861 crops for training, 3,638 for the test, by the "
        "official split. Without the real data the course draws simple boards with the same classes: see "
        "`simulate_boards`."
    ),
    columns=(
        Column("pixel", "", "share of white in 2 x 2 pixels: 0 all copper, 1 all bare board (in steps of 1/255)"),
    ),
    classes=(
        "ok: no defect; 988 in training, 498 in the test",
        "open: a trace is cut; 1283 and 659",
        "short: copper joins two traces; 1028 and 478",
        "mousebite: a bite out of the border of a trace; 1379 and 586",
        "spur: a thorn of copper on the border of a trace; 1142 and 483",
        "copper: spurious copper where none should be; 1010 and 464",
        "pin-hole: a hole within the copper; 1031 and 470",
    ),
    known_defects=(
        "The boards are real, but most defects were drawn by the authors, after real ones.",
        "The crops of one image overlap and are alike. Split validation by image (the group), never by crop.",
        "9 test crops are identical to a training crop: numbers 320, 321, 360, 584, 813, 1506, 1662, 2840, 2919.",
        "Four of the board types (12000, 12100, 12300, 90100) are in the test only; the other seven are in both parts, "
        "so boards of a new type are harder than this test says.",
        "A defect is always in the middle of its crop: a network trained here need not find one at the side.",
        "A window of the class ok is 15 to 85 % white. So copper (nearly all white) and pin-hole (nearly all black) "
        "can partly be told by the background alone.",
        "A crop has one label, that of its middle; a second defect may be seen at its border.",
    ),
    licence_text="""\
MIT License

Copyright (c) 2018 tangsanli5201

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.""",
)

CATALOGUE = {
    data_set.name: data_set
    for data_set in (
        MACHINE_FAILURES,
        SENSOR_TABLE,
        TURBOFAN,
        DEGRADING_MACHINE,
        WAFER_MAPS,
        BOARDS,
        MAINTENANCE_PHRASES,
        WORK_ORDERS,
        ENERGY,
        SHIPMENTS,
        SPARE_PARTS,
        STEEL_PLATES,
        TIGHTENING,
    )
}
