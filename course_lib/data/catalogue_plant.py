"""The datasheets of energy, logistics and steel plates. All of the catalogue is in `catalogue`."""

from course_lib.data.data_set import Address, Column, DataFile, DataSet

ENERGY = DataSet(
    name="steel_energy",
    title="Energy demand of a steel mill",
    folder="steel_energy",
    files=(
        DataFile(
            name="Steel_industry_data.csv",
            sha256="9b1cee6f9cb9cd9df2b95814ca90a9a2ff15b7f5f1fba0fae3c643e82072eacc",
            size=2_731_389,
            addresses=(
                Address(
                    "https://archive.ics.uci.edu/static/public/851/steel+industry+energy+consumption.zip",
                    member="Steel_industry_data.csv",
                ),
            ),
        ),
    ),
    page="https://doi.org/10.24432/C52G8C (UCI Machine Learning Repository, id 851)",
    licence="CC BY 4.0",
    citation=(
        'V. E. Sathishkumar, C. Shin, Y. Cho, "Efficient energy consumption prediction model for a data '
        'analytic-enabled industry building in a smart city", Building Research & Information 49(1), 2021, pp. 127-143.'
    ),
    story=(
        "The plant of DAEWOO Steel in Gwangyang, Korea, which makes coils, plates and iron sheets, in the year 2018: "
        "35,040 quarters of an hour, measured. The course adds four of them to one hour: 8,760 hours, 10 to 564 kWh, "
        "mean 109.5 kWh. Weekdays from 8 to 21 o'clock need much, noon and nights little, Sundays least. Without the "
        "real data the course simulates a mill: see `simulate_energy`."
    ),
    columns=(
        Column("date", "", "end of the quarter, day/month/year; see the defects"),
        Column("Usage_kWh", "kWh", "active energy used in the quarter, 0 to 157.18: what is forecast"),
        Column("Lagging_Current_Reactive.Power_kVarh", "kVArh", "measured in the same quarter: past only"),
        Column("Leading_Current_Reactive_Power_kVarh", "kVArh", "measured in the same quarter: past only"),
        Column("CO2(tCO2)", "t", "computed from the energy, about 0.42 kg/kWh, rounded to 0.01: past only"),
        Column("Lagging_Current_Power_Factor", "%", "measured in the same quarter; not used"),
        Column("Leading_Current_Power_Factor", "%", "measured in the same quarter; not used"),
        Column("NSM", "s", "seconds since midnight: known in advance"),
        Column("WeekStatus", "", "Weekday or Weekend: known in advance"),
        Column("Day_of_week", "", "Monday to Sunday: known in advance"),
        Column("Load_Type", "", "Light, Medium or Maximum load: follows from the measurement; not used"),
    ),
    known_defects=(
        "The last quarter of each day is stamped 00:00 of the SAME date, 24 hours too early. Keep the order of the "
        "rows, or add a day; whoever sorts by date puts 365 rows in a wrong place.",
        "CO2 and reactive energy are measured in the same hour as the demand. A model that gets them for this hour "
        "reaches R² = 0.99 without forecasting anything.",
        "One year only: a second winter is not there, so the season cannot be learned. The demand of January (170 kWh "
        "an hour) is twice that of December (80 kWh).",
        "Public holidays and stops are not marked, New Year's Day for one; on such days the weekday misleads.",
        "Copies saved again by a spreadsheet have other dates (01-01-2018): the sha256 tells.",
    ),
)

SHIPMENTS = DataSet(
    name="shipments",
    title="Deliveries of medicines and their lead times (USAID SCMS)",
    folder="scms_shipments",
    files=(
        DataFile(
            name="SCMS_Delivery_History_Dataset.csv.zip",
            sha256="0c509d5d19bff156e66f9e7c80bdadf505db83e0a8dae62ee6ff467ef5a4ce68",
            size=595_135,
            addresses=(
                Address(
                    "https://raw.githubusercontent.com/Hitesh-Nimbalkar/Shipment_Pricing_EDA/"
                    "45fdd5fa1dc4601b57d8d7dd3abd4202b0827f46/Data/SCMS_Delivery_History_Dataset.csv.zip"
                ),
            ),
        ),
    ),
    page=(
        "USAID, Supply Chain Shipment Pricing Data, data.usaid.gov, data set a3rc-nmf6 (the portal has been closed "
        "since 2025; this is a copy of 2019)"
    ),
    licence="public domain: a work of the U.S. Government (USAID)",
    citation="USAID, Supply Chain Management System (SCMS): Supply Chain Shipment Pricing Data, 2006 to 2015.",
    story=(
        "What the United States sent to fight HIV and malaria: 10,324 deliveries of medicines and laboratory tests. "
        "For 4,587 of them the day of the order and the day of the delivery are known. The lead time between the two "
        "is 0 to 616 days, median 92. How long will the next order take? Only what was known when the order was sent "
        "may help to answer. Without the real data the course simulates eight vendors: see `simulate_shipments`."
    ),
    columns=(
        Column("ID, Project Code, PQ #, PO / SO #, ASN/DN #", "", "numbers of papers; the order (PO) is the group"),
        Column("Country", "", "where to; 40 countries among the orders with a date"),
        Column("Managed By, Fulfill Via", "", "always the same among the orders with a date (but two); not used"),
        Column(
            "Vendor INCO Term", "", "delivery term (Incoterm), for example EXW: who pays and organises the transport"
        ),
        Column("Shipment Mode", "", "Air, Truck, Ocean, Air Charter, or N/A; taken as planned at the order"),
        Column("PQ First Sent to Client Date", "", "day of the quote, or text; not used"),
        Column("PO Sent to Vendor Date", "", "day of the order: the lead time begins; month/day/year, or text"),
        Column(
            "Scheduled Delivery Date",
            "",
            "equals the delivery in 89 % of the rows: moved later, never an input",
        ),
        Column("Delivered to Client Date", "", "day of the delivery: the lead time ends"),
        Column("Delivery Recorded Date", "", "after the delivery: never an input"),
        Column("Product Group, Sub Classification", "", "kind of product: ARV (HIV medicine), HRDT (HIV test) ..."),
        Column("Vendor", "", "who sells; 68 among the orders with a date"),
        Column("Item Description, Molecule/Test Type, Brand, Dosage, Dosage Form", "", "the product; not used"),
        Column("Unit of Measure (Per Pack)", "", "pieces in a pack; not used"),
        Column("Line Item Quantity", "packs", "how many were ordered"),
        Column("Line Item Value", "USD", "value of the order line"),
        Column("Pack Price, Unit Price", "USD", "price of a pack and of a piece; not used"),
        Column("Manufacturing Site", "", "where it is made; not used"),
        Column("First Line Designation", "", "Yes for products of the first treatment line"),
        Column("Weight (Kilograms)", "kg", "number or text; known when the goods are packed: never an input"),
        Column("Freight Cost (USD)", "USD", "number or text; known with the invoice: never an input"),
        Column("Line Item Insurance (USD)", "USD", "known with the invoice: never an input"),
    ),
    known_defects=(
        "5,732 of 10,324 rows have no date of the order (5,404 came from a warehouse, 328 were not captured). They are "
        "left out, so these data say nothing about deliveries from stock.",
        "5 rows were delivered before they were ordered (by 1 to 292 days). These are errors; they are left out "
        "and counted in `dropped`.",
        "The file begins with a byte order mark and its lines end with CR alone; two kinds of dates are in it "
        "(11/24/06 is month/day/year).",
        "352 rows have a lead time of 0 days, all in South Africa, 164 of them ordered in August 2014: probably the "
        "order was typed in when the goods had arrived. They are 0.9 % of the orders before 9 July 2014 and 35 % of "
        "those after, so the last 20 % are unlike the rest.",
        "The lead times drift: the median is 66 days for orders of 2007, 123 for 2011, 60 for 2015. A model of the "
        "past is not a model of the future.",
        "Lead times that are not over are not in the file: orders of 2015 are there only if they were delivered by "
        "September 2015, so the last ones look quick.",
        "One order has several lines, often with the same delivery. A split by row leaks; split by time.",
        "Freight cost, weight and insurance are filled in with the invoice. With them a model looks better than it can "
        "ever be on the day of the order.",
        "Copies saved again by a spreadsheet turned 12/1/06 into 2012-01-06: the sha256 tells.",
    ),
)

SPARE_PARTS = DataSet(
    name="spare_parts",
    title="Monthly demand for car parts",
    folder="carparts",
    files=(
        DataFile(
            name="carparts.csv",
            sha256="30a057a3994a63c58256581a065c82444d95bdaae390a1a0c8820aeb8ef8e339",
            size=291_454,
            addresses=(
                Address(
                    "https://raw.githubusercontent.com/brunoklein99/deepar/af89f5a4626d922844e6f5c3737cd71625d74bac/"
                    "data/carparts.csv"
                ),
            ),
        ),
    ),
    page=(
        "https://zenodo.org/record/4656022 (Monash Time Series Forecasting Archive); first published with the R "
        "package expsmooth, data set carparts. The file here is a copy as CSV whose values equal those of expsmooth"
    ),
    licence="CC BY 4.0 (as published in the Monash archive; the R package expsmooth is under GPL-3)",
    citation=(
        "R. J. Hyndman, A. B. Koehler, J. K. Ord, R. D. Snyder, Forecasting with Exponential Smoothing, Springer, "
        '2008; R. Godahewa, C. Bergmeir, G. I. Webb, R. J. Hyndman, P. Montero-Manso, "Monash Time Series Forecasting '
        'Archive", NeurIPS Datasets and Benchmarks, 2021, arXiv:2105.06643.'
    ),
    story=(
        "How many pieces of each of 2,674 car parts were sold in each of 51 months, January 1998 to March 2002. In "
        "three months of four nobody asks for a part; when somebody does, it is mostly one or two pieces. The usual "
        "task: the last 12 months from the 39 before. Without the real data: see `simulate_spare_parts`."
    ),
    columns=(
        Column("Part", "", "number of the part: the group, never an input"),
        Column(
            "Jan-98 ... Mar-02", "pieces", "demand in the month, 0 to 52; empty where the part was not sold any more"
        ),
    ),
    known_defects=(
        "74.8 % of the values are 0. The forecast 'always 0' has the MASE 0.746 (12 months ahead, scale of one year) "
        "and beats the mean of the past and most models: the measure rewards ordering nothing. Judge by money.",
        "6,122 values are missing, in 165 parts, always at the end: these parts were not sold any more. The loader "
        "puts 0 there, as the Monash archive does, or leaves the parts out.",
        "16 parts never changed over a year in the first 39 months, so MASE has no scale for them: they are left out.",
        "The demand falls: 0.7 pieces a month and part at the start of 1998, 0.4 at the start of 2002 (parts without "
        "missing values).",
        "Nothing is known but the demand: no price, no stock, no season that could be seen, no reason for a zero.",
        "Many copies have no licence or other gaps: the sha256 tells.",
    ),
)

STEEL_PLATES = DataSet(
    name="steel_plates",
    title="Surface faults of steel plates",
    folder="steel_plates",
    files=(
        DataFile(
            name="SteelPlatesFaults_Clean.csv",
            sha256="20825a4f48de8fd9aba03200093a0bcf79091e7151788573c04ac374215c52b2",
            size=305_422,
            addresses=(
                Address(
                    "https://raw.githubusercontent.com/Akshay9705/adapting-digital-tools-and-lean-six-sigma/"
                    "e34668f18b4fdb42dd090da860aea22a85222d14/data/SteelPlatesFaults_Clean.csv"
                ),
            ),
        ),
    ),
    page=(
        "https://doi.org/10.24432/C5J88N (UCI Machine Learning Repository, id 198). The file here is a copy with a "
        "header line; its values are those of UCI"
    ),
    licence="CC BY 4.0",
    citation="M. Buscema, S. Terzi, W. Tastle, Steel Plates Faults, Semeion, UCI Machine Learning Repository, 2010.",
    story=(
        "A camera looks at steel plates on a conveyer. 1,941 places where something is wrong, each with 27 numbers, "
        "and which of seven faults it is. 'Other' is the largest class (34.7 %). Without the real data: see "
        "`simulate_steel_plates`."
    ),
    columns=(
        Column("X_Minimum", "", "left edge of the fault on the conveyer; the file gives no units of length"),
        Column("X_Maximum", "", "right edge"),
        Column("Y_Minimum", "", "where the fault begins along the strip, up to 13 million"),
        Column("Y_Maximum", "", "where it ends"),
        Column("Pixels_Areas", "pixels", "area"),
        Column("X_Perimeter", "", "length of the outline across"),
        Column("Y_Perimeter", "", "length of the outline along"),
        Column("Sum_of_Luminosity", "", "sum of the grey values of the area"),
        Column("Minimum_of_Luminosity", "", "darkest grey value"),
        Column("Maximum_of_Luminosity", "", "brightest grey value"),
        Column("Length_of_Conveyer", "", "1227 to 1794"),
        Column("TypeOfSteel_A300", "", "1 for steel A300"),
        Column("TypeOfSteel_A400", "", "1 for steel A400: always 1 minus the column before"),
        Column("Steel_Plate_Thickness", "", "40 to 300"),
        Column("Edges_Index", "", "distance from the nearer edge of the conveyer"),
        Column("Empty_Index", "", "share of the box around the fault that is empty"),
        Column("Square_Index", "", "shorter side of the box by its longer one"),
        Column("Outside_X_Index", "", "width by the length of the conveyer"),
        Column("Edges_X_Index", "", "width by outline across"),
        Column("Edges_Y_Index", "", "height by outline along"),
        Column("Outside_Global_Index", "", "1 for higher than wide, 0.5 for a square, 0 for wider"),
        Column("LogOfAreas", "", "log10 of the area"),
        Column("Log_X_Index", "", "log10 of the width"),
        Column("Log_Y_Index", "", "log10 of the height"),
        Column("Orientation_Index", "", "1 for a line along the strip, -1 for one across"),
        Column("Luminosity_Index", "", "mean grey value by 128, minus 1"),
        Column("SigmoidOfAreas", "", "sigmoid of width times height"),
        Column("Pastry_Fault ... Other_Faults", "", "the label: seven columns, exactly one of them is 1"),
    ),
    classes=(
        "pastry: 158",
        "Z-scratch: 190",
        "K-scratch: 391",
        "stains: 72",
        "dirtiness: 55",
        "bumps: 402",
        "other: 673",
    ),
    known_defects=(
        "13 of the 27 columns are computed from the others (see `indices` in course_lib/data/steel_plates.py).",
        "The rows are sorted by fault: shuffle before you split.",
        "There is no number of the plate. Rows of one lot (same conveyer length, steel and thickness; 239 lots) are "
        "alike: a random forest is right in 78 % in a split by row, but in 71 % in a split by lot (mean of ten parts, "
        "62 to 77 %).",
        "'Other' is not one fault but all the rest; most errors are between it and bumps or pastry.",
        "Scales differ by a factor of 10^7: standardise.",
        "The file gives no units, and the name of K_Scatch_Fault lacks an r.",
    ),
)
