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
        "mean 109.5 kWh. Weekdays from 8 to 21 o'clock need much, noon and nights little, Sundays least."
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
