"""The datasheets of the maintenance texts. All of the catalogue is in `catalogue`."""

from course_lib.data.data_set import Address, Column, DataFile, DataSet

PHRASES_URL = (
    "https://raw.githubusercontent.com/nlp-tlp/mwo2kg-and-echidna/96fc4477ea43a4bfd768430da386008b8803f1d1/"
    "mwo2kg/failure_mode_classification/input_data/"
)


def _phrases_file(name, sha256, size):
    return DataFile(name, sha256, size, (Address(PHRASES_URL + name),))


MAINTENANCE_PHRASES = DataSet(
    name="maintenance_phrases",
    title="Failure modes of maintenance phrases (FMC-MWO2KG)",
    folder="fmc_mwo",
    files=(
        _phrases_file("train.txt", "cf535a461c07e29555d8ad829a910bba6ceebaf7b2934eba231134967c58c4bc", 15_472),
        _phrases_file("dev.txt", "83fe89df0f97ceca21eca6c32a3306e7ec138ddbbfffbf7770ab872a4909a567", 1_922),
        _phrases_file("test.txt", "42227739b30a0e25ed5c36aaa630e1403dcd5cd3f1f8515aa43910e388ca6565", 1_939),
    ),
    page=(
        "https://github.com/nlp-tlp/mwo2kg-and-echidna (mwo2kg/failure_mode_classification/input_data, "
        "commit 96fc4477ea43a4bfd768430da386008b8803f1d1)"
    ),
    licence="Apache-2.0 (https://www.apache.org/licenses/LICENSE-2.0)",
    citation=(
        'M. Stewart, M. Hodkiewicz, W. Liu, T. French, "MWO2KG and Echidna: Constructing and exploring knowledge '
        'graphs from maintenance data", Proceedings of the Institution of Mechanical Engineers, Part O: Journal of '
        'Risk and Reliability, 2022; M. Stewart, M. Hodkiewicz, S. Li, "Large Language Models for Failure Mode '
        'Classification: An Investigation", arXiv:2309.08181, 2023.'
    ),
    story=(
        "What people wrote about a fault, in one to six words: 626 phrases of real maintenance work orders. Experts "
        "gave each phrase one of 22 failure modes, after the standard ISO 14224. The split is the published one: "
        "502 phrases for training, 62 for validation (the file dev.txt), 62 for the test. Without the real data the "
        "course writes work orders with a small grammar: see `simulate_work_orders`."
    ),
    columns=(
        Column("observation", "", "the phrase, as it was typed: short, with typing errors and abbreviations"),
        Column("label", "", "the failure mode, one of 22; in the file it stands behind the last comma of the line"),
    ),
    known_defects=(
        "Very few: the test has 62 phrases, so one error is 1.6 points. Two figures that differ by less than about "
        "10 points may be equal.",
        "Very uneven: 109 of 502 training phrases are 'Minor in-service problems'; three modes have one phrase only "
        "(Failure to rotate, Fail to open, Fail to close). The test holds 18 of the 22 modes.",
        "The phrase was cut out of a longer work order. The expert may have seen more than the model does.",
        "Some labels can be disputed: 'falure' alone is called Breakdown.",
        "No phrase is in two parts (letters, case and punctuation aside), so the published split does not leak.",
    ),
)

WORK_ORDERS = DataSet(
    name="work_orders",
    title="Work orders of five mining excavators",
    folder="excavator_mwo",
    files=(
        DataFile(
            name="case_study_pdl.csv",
            sha256="ce8eb824fd6d0850666159d7b317d704083afd8a47b7295f13848ad499c21b59",
            size=816_375,
            addresses=(
                Address(
                    "https://raw.githubusercontent.com/nlp-tlp/MaintKG/641f8eaf30a22e8d3987764d31bc632fa3c1570c/"
                    "input/case_study_pdl.csv"
                ),
            ),
        ),
    ),
    page=(
        "https://github.com/nlp-tlp/MaintKG (input/case_study_pdl.csv, commit "
        "641f8eaf30a22e8d3987764d31bc632fa3c1570c); first published in the Prognostics Data Library of the UWA System "
        "Health Lab, https://prognosticsdl.systemhealthlab.com"
    ),
    licence=(
        "MIT, Copyright (c) 2024 UWA NLP-TLP Team, for the repository that holds the file; no licence of the data "
        "alone is declared. The owner asks to name the library and the article"
    ),
    citation=(
        'M. Hodkiewicz, M. T.-W. Ho, "Cleaning historical maintenance work order data for reliability analysis", '
        "Journal of Quality in Maintenance Engineering 22(2), 2016, pp. 146-163."
    ),
    story=(
        "Five hydraulic mining excavators, 2001 to 2012: 5,485 real work orders. Each has a short text that somebody "
        "typed (one to eleven words) and two kinds of label. FuncLocation is the place on the machine, chosen by a "
        "person. MajorSystem was filled in later by keyword rules that read the same text. The course uses 4,466 "
        "different texts, and for each kind of label those that have one. Without the real data the course writes work "
        "orders with a small grammar, with both kinds of label: see `simulate_work_orders`."
    ),
    columns=(
        Column("BscStartDate", "", "date of the work order, 2001-07-05 to 2012-12-13"),
        Column("Asset", "", "the excavator, A to E"),
        Column("OriginalShorttext", "", "the text: the only input"),
        Column("PMType", "", "type of work order; PM01 (5,217 of 5,485) is corrective work"),
        Column("Cost", "AUD", "-339.8 to 1,026,684, median 345; known after the work only"),
        Column("RunningTime", "", "missing in 157 rows; the file gives no unit"),
        Column("MajorSystem", "", "label made by keyword rules; missing in 2,400 rows"),
        Column("Part", "", "made by keyword rules; missing in 1,070 rows"),
        Column("Action", "", "made by keyword rules; missing in 2,503 rows"),
        Column("Variant", "", "made by keyword rules; missing in 2,500 rows"),
        Column("FM", "", "failure mode, made by keyword rules; missing in 3,182 rows"),
        Column("Location", "", "made by keyword rules; missing in 3,894 rows"),
        Column("Comments", "", "missing in 5,259 rows"),
        Column(
            "FuncLocation", "", "label typed by people; 371 spellings, which `load_work_orders` puts into 14 groups"
        ),
        Column("SuspSugg", "", "1 where the rules take the order for no failure (a suspension)"),
        Column("Rule", "", "the numbers of the keyword rules that fired: part of the label, never an input"),
        Column("id", "", "row number, 0 to 5484: an identifier, never an input"),
    ),
    known_defects=(
        "MajorSystem, Part, Action, Variant, FM and Location were computed from the text by keyword rules. A model "
        "that predicts them finds the rules again: 95 to 100 % there is a warning, not a success.",
        "565 rows name the whole machine or 'other' as their place (O&K RH120E, MACHINE, OTHER SYSTEMS): nothing can "
        "be learned from them, and they are left out of the typed labels.",
        "The typed places overlap: a leaking hose of the slew drive may stand under hydraulics or under slew drive. "
        "Where the same text was typed more than once, another row with this text has the same group in 94 % of the "
        "cases. No model can do much better than that on such texts.",
        "The 14 groups are ours. Another way of grouping gives another figure.",
        "5,485 rows are only 4,466 different texts (case and punctuation aside): 'jump start' is there 39 times. A "
        "split by row puts the same text into training and test; the loader keeps each text once.",
        "In 363 rows the rules found more than one system, for example Engine_Hydraulic System: these are left out, "
        "and so are the systems with fewer than 20 rows.",
        "Older copies of this file have a broken row (its text has a comma without quotes): the sha256 tells.",
    ),
    licence_text="""\
MIT License

Copyright (c) 2024 UWA NLP-TLP Team

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
